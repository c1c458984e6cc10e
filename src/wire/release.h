/* SPDX-License-Identifier: MIT */
/*
 * What differs between the releases of LIKWID on the same 32-byte record: the
 * numbers of request types, devices and error codes. The wire does not tell
 * them apart, so which one a client speaks has to be known beforehand.
 */
#ifndef MSRD_WIRE_RELEASE_H
#define MSRD_WIRE_RELEASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "op.h"

struct release;

/* The release line of this name ("3.1" … "5.5"), or NULL. */
const struct release *release_find(const char *name);

/* Number i of the releases, oldest first; NULL behind the last. */
const struct release *release_get(size_t i);

/* The one that is spoken where no path says which: the Meson option likwid_release. */
const struct release *release_default(void);

/* Replaces a path by what the link there leads to; false when it is no link. */
typedef bool release_follow(char *path, size_t size);

/*
 * The release that a program executed at path (as in AT_EXECFN) serves:
 * ".../likwid-5.4/likwid-accessD" serves 5.4, and so does ".../likwid-5.4.1/…".
 * Where the folder does not look like "likwid-NUMBER", follow is asked where a
 * link there leads to, and that path is looked at in the same way; at the end
 * of the links it is the default. NULL when a folder names a release that
 * nobody knows: its numbers could mean anything.
 */
const struct release *release_of_path(const char *path, release_follow *follow);

/* "5.2", … */
const char *release_name(const struct release *release);

/* What a request type asks for. */
enum release_type { RELEASE_READ, RELEASE_WRITE, RELEASE_CHECK, RELEASE_EXIT, RELEASE_UNKNOWN };
enum release_type release_type_get(const struct release *release, uint32_t number);
/* False when the release has no such request. */
bool release_type_put(const struct release *release, enum release_type type, uint32_t *number);

/* A device: the MSRs, or an uncore unit. Sets place's space, unit and index. False: no such device.
 */
bool release_device_get(const struct release *release, uint32_t number, struct place *place);
/* False when the release has no number for the unit. */
bool release_device_put(const struct release *release, const struct place *place, uint32_t *number);

/* Error codes. Every status has one; a code that is none is false. */
bool release_error_get(const struct release *release, uint32_t code, enum op_status *status);
uint32_t release_error_put(const struct release *release, enum op_status status);

#endif
