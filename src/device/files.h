/* SPDX-License-Identifier: MIT */
/* How the opening of a back end's device files went, for the log. */
#ifndef MSRD_DEVICE_FILES_H
#define MSRD_DEVICE_FILES_H

#include <stdint.h>

struct device_files {
	uint32_t wanted; /* files of devices that are there */
	uint32_t opened;
	uint32_t read_only; /* of those opened: on a file system without writes */
	int error;	    /* errno of the first that could not be opened */
	char path[64];	    /* of that file */
};

#endif
