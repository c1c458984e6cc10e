/* SPDX-License-Identifier: MIT */
#ifndef MSRD_CLI_MEASURE_HOLDER_H
#define MSRD_CLI_MEASURE_HOLDER_H

/* For whom the kernel holds counters, as far as anybody can tell: "its NMI watchdog, …". */
const char *holder_text(void);

#endif
