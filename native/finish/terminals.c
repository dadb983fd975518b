#include "terminals.h"

#include <stdio.h>
#include <string.h>

#include "procfs.h"

/* A sentence has room for a few. */
#define TOLD 10

struct named {
	char text[12 * TOLD + 1];
	int count;
};

static int terminal_of(const struct tree *tree, int inner)
{
	const struct process *process = tree_inner(tree, inner);

	return process && !process->zombie ? procfs_terminal(process->pid) : 0;
}

static void name_members(const struct tree *tree, const struct script *script, int session, struct named *named)
{
	const struct expectation *member;
	size_t used;
	int i;

	for (i = 0; i < script->expectation_count; i++) {
		member = &script->expectations[i];
		if (member->sid != session || member->pid == session || member->exit_status >= 0 ||
		    terminal_of(tree, member->pid))
			continue;
		if (++named->count > TOLD)
			continue;
		used = strlen(named->text);
		snprintf(named->text + used, sizeof(named->text) - used, "%s%d", used ? ", " : "", member->pid);
	}
}

void terminals_tell(const struct tree *tree, const struct script *script)
{
	const struct expectation *leader;
	struct named named = { "", 0 };
	int i;

	for (i = 0; i < script->expectation_count; i++) {
		leader = &script->expectations[i];
		if (leader->sid == leader->pid && terminal_of(tree, leader->pid))
			name_members(tree, script, leader->sid, &named);
	}
	if (named.count)
		fprintf(stderr,
			"regraft: CRIU gives a controlling terminal to leaders of sessions only. In a session that has one, "
			"and without it: %s%s. They cannot open /dev/tty.\n",
			named.text, named.count > TOLD ? " and more" : "");
}
