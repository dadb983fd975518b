#include "living.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define LINKS 64
#define MEMORY 32768
#define TICK_NS 5000000

static int to_children[LINKS], links, from_parent = -1;
static uint32_t memory[MEMORY / sizeof(uint32_t)];
static _Atomic uint32_t thread_ticks;

bool living_link(struct link *link)
{
	int ends[2];

	link->read = link->write = -1;
	if (links < LINKS && pipe2(ends, O_NONBLOCK) == 0)
		link->read = ends[0], link->write = ends[1];
	return true;
}

void living_born(const struct link *link)
{
	int i;

	for (i = 0; i < links; i++)
		close(to_children[i]);
	links = 0;
	if (from_parent >= 0)
		close(from_parent);
	if (link->write >= 0)
		close(link->write);
	from_parent = link->read;
}

void living_shares(void)
{
	links = 0;
	from_parent = -1;
}

void living_bore(const struct link *link, bool born)
{
	if (link->read >= 0)
		close(link->read);
	if (born && link->write >= 0)
		to_children[links++] = link->write;
	else if (link->write >= 0)
		close(link->write);
}

static void tick(void)
{
	const struct timespec pause = { 0, TICK_NS };

	nanosleep(&pause, NULL);
}

static void *count_in_thread(void *nothing)
{
	(void)nothing;
	for (;;) {
		thread_ticks++;
		tick();
	}
	return NULL;
}

void living_threads(int count)
{
	pthread_attr_t small;
	pthread_t thread;

	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 65536);
	while (count-- > 0)
		pthread_create(&thread, &small, count_in_thread, NULL);
}

static uint32_t pattern(size_t place)
{
	return (uint32_t)place * 2654435761U;
}

/* Numbers come in order; an empty pipe, and one whose parent has died, have none. */
static bool told_right(void)
{
	static uint32_t told;
	uint32_t number;

	while (from_parent >= 0 && read(from_parent, &number, sizeof(number)) == sizeof(number))
		if (number != ++told)
			return false;
	return true;
}

static void tell_children(void)
{
	static uint32_t told[LINKS];
	int i;

	for (i = 0; i < links; i++) {
		const uint32_t number = told[i] + 1;

		if (write(to_children[i], &number, sizeof(number)) == sizeof(number))
			told[i]++;
	}
}

static bool remembers(uint32_t count)
{
	const size_t places = sizeof(memory) / sizeof(memory[0]);
	size_t i;

	/* Everything now and then, one place every time. */
	if (memory[count % places] != pattern(count % places))
		return false;
	for (i = 0; count % 64 == 0 && i < places; i++)
		if (memory[i] != pattern(i))
			return false;
	return true;
}

/* Every page has something else in it. */
static bool fill(int mebibytes)
{
	const size_t size = (size_t)mebibytes << 20;
	unsigned char *all = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t at;

	for (at = 0; all != MAP_FAILED && at < size; at += 4096)
		memcpy(all + at, &at, sizeof(at));
	return all != MAP_FAILED;
}

static void rest(struct play *play, int name)
{
	play->actors[name].lives = true;
	for (;;)
		pause();
}

void living(struct play *play, int name)
{
	static uint32_t count;
	char path[320];
	size_t i;
	int file;

	snprintf(path, sizeof(path), "%s/%d.count", play->directory, (int)getpid());
	file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	for (i = 0; i < sizeof(memory) / sizeof(memory[0]); i++)
		memory[i] = pattern(i);
	if (play->actors[name].stops) {
		play->actors[name].lives = true;
		kill(getpid(), SIGSTOP);
	}
	if (play->actors[name].memory > 0 && !fill(play->actors[name].memory))
		_exit(254);
	if (play->actors[name].rests)
		rest(play, name);
	for (;;) {
		count++;
		if (!told_right() || !remembers(count) || write(file, &count, sizeof(count)) != sizeof(count))
			break;
		tell_children();
		play->actors[name].lives = true;
		tick();
	}
	count = 0;
	if (write(file, &count, sizeof(count)) < 0)
		_exit(254);
	for (;;)
		pause();
}

bool living_all(const struct play *play)
{
	int patience, i;

	for (patience = 0; patience < 5000; patience++) {
		for (i = 1; i < ACTORS; i++)
			if (play->actors[i].alive && !play->actors[i].lives)
				break;
		if (i == ACTORS)
			return true;
		usleep(1000);
	}
	return false;
}
