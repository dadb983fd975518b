#include "fault.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/time.h>
#include <time.h>

static char sentence[512];
static struct timespec deadline;

bool fault(const char *format, ...)
{
	va_list arguments;

	if (sentence[0])
		return false;
	va_start(arguments, format);
	vsnprintf(sentence, sizeof(sentence), format, arguments);
	va_end(arguments);
	return false;
}

const char *fault_text(void)
{
	return sentence;
}

static void nothing(int signal)
{
	(void)signal;
}

/* A timer that ticks interrupts every blocking wait, which then looks at the clock. */
void deadline_in(unsigned milliseconds)
{
	const struct sigaction tick = { .sa_handler = nothing };
	const struct itimerval every = { .it_interval = { 0, 50000 }, .it_value = { 0, 50000 } };

	clock_gettime(CLOCK_MONOTONIC, &deadline);
	deadline.tv_sec += milliseconds / 1000;
	deadline.tv_nsec += milliseconds % 1000 * 1000000L;
	if (deadline.tv_nsec >= 1000000000L)
		deadline.tv_sec++, deadline.tv_nsec -= 1000000000L;
	sigaction(SIGALRM, &tick, NULL);
	setitimer(ITIMER_REAL, &every, NULL);
}

void deadline_off(void)
{
	const struct itimerval never = { { 0, 0 }, { 0, 0 } };

	setitimer(ITIMER_REAL, &never, NULL);
}

bool deadline_open(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (now.tv_sec < deadline.tv_sec || (now.tv_sec == deadline.tv_sec && now.tv_nsec < deadline.tv_nsec))
		return true;
	return fault("the time limit was reached");
}
