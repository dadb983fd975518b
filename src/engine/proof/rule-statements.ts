/** What each rule of the proof system says, in words (docs/proofs.md has why it is sound). */

export const RULE_STATEMENTS = {
  parent: 'A parent that is no init of a pid namespace is an ancestor by birth.',
  heredity:
    'Whoever is between two processes may be left out: its children fall to the next one above, and what was reachable stays so.',
  member: 'A session is entered by birth only, so its members descend from its leader.',
  chain: 'Who is above somebody is above everybody below.',
  circle: 'Nobody is an ancestor of its own ancestor.',
  comparable: 'Of two ancestors of one process, one is above the other.',
  passage:
    'A session comes to a process from its leader through everybody between the two: who is above a process and was never in the session that it was born in is above the leader of that session.',
  between:
    'Everybody between the leader of a session and a process that was born in it was in that session: a leader of another one was born in it.',
  given: 'The closest alive born ancestor of a process is above it by birth.',
  nearest:
    'Nobody of the image stands between a process and its closest alive born ancestor: whoever else is above the process is above that one.',
  nobody:
    'Who is not in the image is nobody’s closest alive born ancestor, nor is a process its own, and nobody is that of the root.',
  vanished: 'A session number is visible exactly down to the namespace that the leader lived in.',
  down: 'A child lives where its creator lives, or below.',
  oldest: 'The init of a pid namespace is older than everybody else in it.',
  sibling:
    'Who is above a process and lives deeper than the parent of that process made it by CLONE_PARENT: the two are siblings.',
  strangers: 'Siblings by CLONE_PARENT have the same parent for ever.',
  'no sibling of an init': 'The init of a pid namespace cannot use CLONE_PARENT.',
  block:
    'Between a process and an ancestor inside one pid namespace nobody of that namespace has its parent outside: orphans never come past it.',
  'always in group':
    'Who sees no number of its group, and has no parent of its session that does, was in the group from birth and never left it.',
  'inherited group':
    'Who is above a process that was born in a group, and lives with its parent where the number of that group is not seen, was born in it too.',
  'brought in':
    'A process born in a group that nobody in its pid namespace sees has it from whoever came into the namespace above it.',
  'group from birth':
    'Who was in a group whose number it does not see, and had no parent of that session that does, was born in it.',
  'one group': 'A process is born in one group, and who never left a group was in no other one.',
  N6: 'A group with the number of a process was made by that process, which was in it then.',
  V1: 'A zombie has no children: they left when it exited.',
  V2: 'The root leads its session or came with it from outside, and nobody below it has another session from outside.',
  V3: 'A session has the number of its leader, who is in it for ever.',
  V4: 'A session leader stays in its own group for ever.',
  V5: 'A group lies in one session: that of whoever made it, and that of its own number if there is one.',
  V6: 'Who is in a group from outside is in a session from outside.',
  T1: 'The number of a thread is in use, so no session or group has it.',
  X1: 'A process ends by a code or by a signal that kills, and its wait status says which.',
  N1: 'A child lives where its parent lives, or below.',
  N2: 'The init of a pid namespace is number 1 inside, its parent is outside, and its exit kills everybody inside.',
  N3: 'A session number is visible exactly down to the namespace of its leader, where all its members live or below.',
  N5: 'A group number is visible exactly down to the deepest namespace that has both the member and its maker, which is no higher than that of the session’s leader.',
  N7: 'The exit of an init never finishes while it is in a group of its own namespace that it does not lead.',
  'circle of objects':
    'An object passes at births only, so its holders are a connected part of the tree of births; two kinds whose objects close a circle are in no tree.',
  'shared objects':
    'An object passes at births only, and is left for good; every way for these processes to be born, to leave, to lead and to execute was tried, and none gives all of this.',
  'exit signals':
    'Who has another exit signal than SIGCHLD is its parent’s child from birth, as is whoever is between the two; every way to be born, to share, to leave, to lead and to execute was tried, and none gives all of this.',
  K1: 'Signal handlers are shared in one address space only, and execve leaves both.',
  K7: 'A controlling terminal comes from the leader of the session, who lives and has it.',
  N10: 'Inside a pid namespace a number is that of one process, alive or gone, as long as a session or a group has it.',
  N8: 'The first process of a pid namespace has number 1 as long as the namespace lasts, and nobody else has it.',
  N9: 'Whoever enters a pid namespace for its children enters one below its own, and makes it there.',
  'born outside':
    'A parent that is no init is an ancestor by birth: only an init adopts who was born of somebody else.',
  image: 'So the image says, or the request.',
  suppose: 'Of the only two possibilities one is supposed.',
  remains: 'One possibility led to a contradiction, so it is the other one.',
} as const;

export type RuleName = keyof typeof RULE_STATEMENTS;
