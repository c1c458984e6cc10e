/* SPDX-License-Identifier: MIT */
/* A fixture's events, played in no time on a machine of their own. It must not know what they do.
 */
#include "fuse-msr/check_events.h"

#include <stdio.h>

#include "fuse-msr/tree/control.h"

static void play(struct control *control, struct machine *machine, const struct fixture *fixture,
	void (*complain)(void *context, const char *message), void *context)
{
	char error[DIRECTIVE_ERROR_SIZE], message[1024];

	for (size_t i = 0; i < fixture->n_events; i++) {
		const struct fixture_event *event = &fixture->events[i];
		/* they are in order of time */
		(void)machine_clock_advance(machine, event->ns - machine_clock_ns(machine));
		if (control_apply(control, event->text, error) == 0)
			continue;
		snprintf(message, sizeof message, "%.400s/events.txt:%u: %s", fixture->path,
			event->line, error);
		complain(context, message);
	}
}

void check_events(const struct fixture *fixture,
	void (*complain)(void *context, const char *message), void *context)
{
	struct fixture bare = *fixture; /* what befalls it comes from here */

	bare.n_events = 0;
	struct machine *machine = machine_new(&bare, MACHINE_CLOCK_MANUAL, complain, context);
	struct tap *end = machine ? tap_machine_new(machine) : NULL;
	struct fault *fault = end ? fault_new(machine, end) : NULL;
	struct control *control = fault ? control_new(&bare, machine, fault) : NULL;

	if (control)
		play(control, machine, fixture, complain, context);
	else
		complain(context, "out of memory");
	control_free(control);
	tap_free(fault ? fault_tap(fault) : end);
	machine_free(machine);
}
