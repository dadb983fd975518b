#include "images.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fault.h"
#include "message.h"

#define PSTREE_MAGIC 0x50273030u
#define CORE_MAGIC 0x55053847u
/* Pids are below. */
#define NUMBERS (1u << 22)
/* As CRIU numbers the states of tasks. */
enum { DEAD = 2, STOPPED = 3, ZOMBIE = 6 };
#define SIGSTOP_NUMBER 19

static bool there(const char *directory, const char *name)
{
	char path[4352];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	return !access(path, F_OK);
}

static void add_thread(struct record *record, uint64_t tid)
{
	record->threads = realloc(record->threads, (size_t)(record->thread_count + 1) * sizeof(*record->threads));
	if (!record->threads)
		abort();
	record->threads[record->thread_count++] = (unsigned)tid;
}

/* Fields of proto/pstree.proto; false where it has numbers on more levels than one, or lacks one. */
static bool read_record(struct message entry, struct record *record)
{
	struct field field;
	unsigned seen = 0;
	uint64_t tid;

	memset(record, 0, sizeof(*record));
	while (message_next(&entry, &field)) {
		switch (field.number) {
		case 1:
			record->pid = (unsigned)field.value;
			break;
		case 2:
			record->ppid = (unsigned)field.value;
			break;
		case 3:
			record->pgid = (unsigned)field.value;
			break;
		case 4:
			record->sid = (unsigned)field.value;
			break;
		case 5:
			if (!field.has_bytes)
				add_thread(record, field.value);
			while (field.has_bytes && message_packed(&field.bytes, &tid))
				add_thread(record, tid);
			break;
		default:
			return false;
		}
		seen |= 1u << field.number;
	}
	return !entry.bad && (seen & 0x1e) == 0x1e;
}

static bool read_records(const char *directory, struct records *records)
{
	struct message file, entry;

	if (!file_bytes(directory, "pstree.img", &file) || !image_magic(&file, PSTREE_MAGIC))
		return false;
	while (image_entry(&file, &entry)) {
		if ((records->count & (records->count - 1)) == 0)
			records->at = realloc(records->at, (size_t)(records->count ? 2 * records->count : 1) * sizeof(*records->at));
		if (!records->at)
			abort();
		if (!read_record(entry, &records->at[records->count++]))
			return false;
	}
	return !file.bad && records->count > 0;
}

static bool leads_session(const struct record *record)
{
	return record->sid == record->pid && record->pgid == record->pid;
}

static bool stays_in_session(const struct record *record, const struct record *parent)
{
	return record->sid == parent->sid && record->sid != record->pid &&
	       (record->pgid == record->pid || record->pgid == parent->pgid);
}

/* The rule of engine/restorers/criu/inherited-tree.ts. */
static bool inherited(const struct records *records)
{
	static int made[NUMBERS];
	int i;

	for (i = 0; i < records->count; i++) {
		const struct record *record = &records->at[i], *parent;

		if (record->pid == 0 || record->pid >= NUMBERS || made[record->pid])
			return false;
		if (i == 0 ? !leads_session(record) : record->ppid >= NUMBERS || !made[record->ppid])
			return false;
		parent = i == 0 ? record : &records->at[made[record->ppid] - 1];
		if (!leads_session(record) && !stays_in_session(record, parent))
			return false;
		made[record->pid] = i + 1;
	}
	return true;
}

bool images_inherited(const char *directory, struct records *records)
{
	char name[32];
	int i;

	if (there(directory, "regraft-graft.json") || !read_records(directory, records) || !inherited(records))
		return false;
	/* A zombie has no file of ids. */
	for (i = 0; i < records->count; i++) {
		snprintf(name, sizeof(name), "ids-%u.img", records->at[i].pid);
		if (!there(directory, name))
			return false;
	}
	return true;
}

struct signs {
	unsigned state, exit_code, stop_signal;
	int subreaper;
};

/* Signals that a stop, or its end, throws away: SIGCONT, SIGTSTP, SIGTTIN, SIGTTOU. */
static bool is_disturbed(const struct message *info)
{
	const unsigned char signal = info->at < info->end ? *info->at : 0;

	return signal == 18 || (signal >= 20 && signal <= 22);
}

/* A queue is a message of messages with a siginfo each; tid 0: it is the whole process's. */
static void write_queue(struct message queue, unsigned pid, unsigned tid, FILE *to)
{
	struct field entry, info;

	while (message_next(&queue, &entry))
		while (entry.number == 1 && entry.has_bytes && message_next(&entry.bytes, &info)) {
			if (info.number != 1 || !info.has_bytes || !is_disturbed(&info.bytes))
				continue;
			fprintf(to, "signal %u %u ", pid, tid);
			for (; info.bytes.at < info.bytes.end; info.bytes.at++)
				fprintf(to, "%02x", *info.bytes.at);
			fprintf(to, "\n");
		}
}

static bool is_dead(const struct signs *signs)
{
	return signs->state == DEAD || signs->state == ZOMBIE;
}

/* Fields of proto/core.proto; the state comes before what is pending, which the dead have no more. */
static void read_task(struct message task, unsigned pid, struct signs *signs, FILE *to)
{
	struct field field;

	while (message_next(&task, &field)) {
		if (field.number == 1)
			signs->state = (unsigned)field.value;
		else if (field.number == 2)
			signs->exit_code = (unsigned)field.value;
		else if (field.number == 10 && field.has_bytes && !is_dead(signs))
			write_queue(field.bytes, pid, 0, to);
		else if (field.number == 18)
			signs->subreaper = field.value != 0;
		else if (field.number == 21)
			signs->stop_signal = (unsigned)field.value;
	}
}

static bool read_core(const char *directory, unsigned pid, unsigned tid, struct signs *signs, FILE *to)
{
	struct message file, core = { NULL, NULL, true };
	struct field field, inner;
	char name[32];

	*signs = (struct signs){ .subreaper = -1 };
	snprintf(name, sizeof(name), "core-%u.img", tid);
	if (!file_bytes(directory, name, &file))
		return fault("%s cannot be read", name);
	if (!image_magic(&file, CORE_MAGIC) || !image_entry(&file, &core))
		return fault("%s is no core image", name);
	while (message_next(&core, &field)) {
		if (field.number == 3 && field.has_bytes)
			read_task(field.bytes, pid, signs, to);
		else if (field.number == 5 && field.has_bytes && !is_dead(signs))
			while (message_next(&field.bytes, &inner))
				if (inner.number == 9 && inner.has_bytes)
					write_queue(inner.bytes, pid, tid, to);
	}
	if (core.bad)
		return fault("%s is damaged", name);
	if (signs->state == STOPPED)
		fprintf(to, "stop %u %u\n", pid, signs->stop_signal ? signs->stop_signal : SIGSTOP_NUMBER);
	return true;
}

bool images_script(const char *directory, const struct records *records, FILE *to)
{
	struct signs signs, other;
	int i, j;

	for (i = 0; i < records->count; i++) {
		const struct record *record = &records->at[i];
		bool dead;

		if (!read_core(directory, record->pid, record->pid, &signs, to))
			return false;
		dead = is_dead(&signs);
		for (j = 0; !dead && j < record->thread_count; j++)
			if (record->threads[j] != record->pid &&
			    !read_core(directory, record->pid, record->threads[j], &other, to))
				return false;
		if (!dead && signs.subreaper == 1)
			fprintf(to, "subreaper %u\n", record->pid);
		fprintf(to, "expect %u %u %u %u %d %d", record->pid, i == 0 ? 0 : record->ppid, record->pgid, record->sid,
			dead ? (int)signs.exit_code : -1, dead ? -1 : signs.subreaper);
		if (!dead && record->thread_count > 1)
			for (j = 0; j < record->thread_count; j++)
				fprintf(to, " %u", record->threads[j]);
		fprintf(to, "\n");
	}
	return true;
}
