/* SPDX-License-Identifier: MIT */
/*
 * What each directive does: on the machine, on the accesses, on the files. It
 * must not know where a directive is from.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>

#include "fuse-msr/tree/control_state.h"
#include "fuse-msr/tree/nodetree.h"
#include "fuse-msr/tree/update.h"
#include "sim/machine/drive.h"
#include "sim/machine/holder.h"

__attribute__((format(printf, 2, 3))) static int complain(char *error, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(error, DIRECTIVE_ERROR_SIZE, format, arguments);
	va_end(arguments);
	return -EINVAL;
}

static int no_memory(char *error)
{
	return complain(error, "out of memory");
}

ssize_t control_refresh(struct control *control)
{
	struct fixture *view = condition_view(control->condition, control->machine);
	struct tree *fresh = view ? nodetree_new(view, machine_started_ns(control->machine)) : NULL;
	ssize_t n = -ENOMEM;

	if (fresh) {
		n = (ssize_t)condition_remove(control->condition, fresh);
		tree_update(control->tree, fresh, control->changed, control->context);
	}
	tree_free(fresh);
	condition_view_free(view);
	return n;
}

/* Takes the directive over. */
static int apply_fault(struct control *control, struct directive *directive, char *error)
{
	int r = fault_add(control->fault, directive, ++control->last_id);

	if (r == -EIO)
		return complain(error, "the register cannot be read: what shall it be held at?");
	return r < 0 ? no_memory(error) : 0;
}

static int set_one(
	struct control *control, const struct directive *directive, uint32_t device, uint64_t ns)
{
	if (op_space_has_units(directive->space))
		return machine_pci_set(
			control->machine, device, directive->reg, ns, (uint32_t)directive->value);
	return machine_msr_set(control->machine, device, directive->reg, ns, directive->value);
}

static int apply_set(struct control *control, struct directive *directive, uint64_t ns, char *error)
{
	int r = 0;

	fault_release(control->fault, directive);
	for (size_t i = 0; r == 0 && i < directive->n_devices; i++)
		r = set_one(control, directive, directive->devices[i], ns);
	if (r == -ENOENT) {
		/* the machine cannot go on from a value that it has nothing to do with */
		struct directive *hold = directive_copy(directive, DIRECTIVE_HOLD);
		return hold ? apply_fault(control, hold, error) : no_memory(error);
	}
	return r == 0 ? 0
		      : complain(error, "0x%" PRIx64 " has bits that register 0x%x has not",
				directive->value, directive->reg);
}

static int apply_release(
	struct control *control, struct directive *directive, uint64_t ns, char *error)
{
	(void)ns;
	return fault_release(control->fault, directive)
		       ? 0
		       : complain(error, "register 0x%x is not held there", directive->reg);
}

static int apply_clear(
	struct control *control, struct directive *directive, uint64_t ns, char *error)
{
	bool found = fault_clear(control->fault, directive->number);

	(void)ns;
	found |= condition_clear(control->condition, directive->number);
	return found || directive->number == 0
		       ? 0
		       : complain(error, "there is no fault %" PRIu64 ": sim/fault lists them",
				 directive->number);
}

static int apply_online(
	struct control *control, struct directive *directive, uint64_t ns, char *error)
{
	bool online = directive->verb == DIRECTIVE_ONLINE;

	for (size_t i = 0; i < directive->n_devices; i++)
		if (!online && directive->devices[i] == 0)
			return complain(error, "CPU 0 can't go offline, nor does Linux let it");
	for (size_t i = 0; i < directive->n_devices; i++) {
		machine_cpu_set_online(control->machine, directive->devices[i], online);
		if (online && condition_watchdog(control->condition))
			machine_hold_watchdog(control->machine, directive->devices[i], ns, true);
	}
	return control_refresh(control) < 0 ? no_memory(error) : 0;
}

static int apply_hide(
	struct control *control, struct directive *directive, uint64_t ns, char *error)
{
	(void)ns;
	for (size_t i = 0; i < directive->n_devices; i++)
		condition_hide(control->condition, directive->devices[i],
			directive->verb == DIRECTIVE_HIDE);
	return control_refresh(control) < 0 ? no_memory(error) : 0;
}

static int apply_vanish(
	struct control *control, struct directive *directive, uint64_t ns, char *error)
{
	(void)ns;
	if (condition_vanish(control->condition, directive->file) < 0)
		return no_memory(error);
	ssize_t n = control_refresh(control);
	if (n > 0)
		return 0;
	condition_return(control->condition, directive->file);
	return n < 0 ? no_memory(error)
		     : complain(error, "the node has no file %.160s", directive->file);
}

static int apply_return(
	struct control *control, struct directive *directive, uint64_t ns, char *error)
{
	(void)ns;
	if (!condition_return(control->condition, directive->file))
		return complain(error, "%.160s has not vanished", directive->file);
	return control_refresh(control) < 0 ? no_memory(error) : 0;
}

static int apply_writes(
	struct control *control, struct directive *directive, uint64_t ns, char *error)
{
	(void)ns;
	(void)error;
	*condition_writes(control->condition) = (int)directive->setting;
	return 0;
}

static int apply_lockdown(
	struct control *control, struct directive *directive, uint64_t ns, char *error)
{
	(void)ns;
	(void)error;
	condition_set_lockdown(control->condition, directive->setting);
	return 0;
}

static int apply_watchdog(
	struct control *control, struct directive *directive, uint64_t ns, char *error)
{
	const struct fixture *fixture = control->fixture;
	bool on = directive->setting;

	if (on == condition_watchdog(control->condition))
		return 0;
	condition_set_watchdog(control->condition, on);
	for (size_t i = 0; i < fixture->n_cpus; i++)
		if (machine_cpu_is_online(control->machine, fixture->cpus[i].number) &&
			machine_hold_watchdog(control->machine, fixture->cpus[i].number, ns, on) <
				0)
			return complain(error, "the CPU model has no counter for the watchdog");
	return 0;
}

static int apply_perf(
	struct control *control, struct directive *directive, uint64_t ns, char *error)
{
	for (size_t i = 0; i < directive->n_devices; i++)
		if (machine_hold_perf(
			    control->machine, directive->devices[i], ns, directive->setting) < 0)
			return complain(error, "a CPU of this model has no general counter %u",
				directive->setting);
	return 0;
}

/* Each leaves the directive to its caller. */
static int (*const appliers[])(
	struct control *control, struct directive *directive, uint64_t ns, char *error) = {
	[DIRECTIVE_SET] = apply_set,
	[DIRECTIVE_RELEASE] = apply_release,
	[DIRECTIVE_VANISH] = apply_vanish,
	[DIRECTIVE_RETURN] = apply_return,
	[DIRECTIVE_HIDE] = apply_hide,
	[DIRECTIVE_SHOW] = apply_hide,
	[DIRECTIVE_OFFLINE] = apply_online,
	[DIRECTIVE_ONLINE] = apply_online,
	[DIRECTIVE_LOCKDOWN] = apply_lockdown,
	[DIRECTIVE_WRITES] = apply_writes,
	[DIRECTIVE_WATCHDOG] = apply_watchdog,
	[DIRECTIVE_PERF] = apply_perf,
	[DIRECTIVE_CLEAR] = apply_clear,
};

static int carry_out(struct control *control, struct directive *directive, uint64_t ns, char *error)
{
	int r;

	switch (directive->verb) {
	case DIRECTIVE_HOLD:
	case DIRECTIVE_FAIL:
	case DIRECTIVE_DELAY:
		return apply_fault(control, directive, error);
	case DIRECTIVE_OPEN:
		r = condition_add_open(control->condition, directive, ++control->last_id);
		return r < 0 ? no_memory(error) : 0;
	default:
		r = appliers[directive->verb](control, directive, ns, error);
		directive_free(directive);
		return r;
	}
}

int control_carry_out(struct control *control, struct directive *directive, uint64_t ns,
	char error[DIRECTIVE_ERROR_SIZE])
{
	/* made before: it may be gone afterwards */
	struct directive *end = NULL;
	uint64_t end_ns = ns + directive->for_ns;

	if (directive->for_ns > 0) {
		end = directive_undo(directive, control->last_id + 1);
		if (!end) {
			directive_free(directive);
			return no_memory(error);
		}
	}
	int r = carry_out(control, directive, ns, error);
	if (r == 0 && end)
		return control_wait_for(control, end, end_ns) < 0 ? no_memory(error) : 0;
	directive_free(end);
	return r;
}
