/* SPDX-License-Identifier: MIT */
/* The site's policy, as root has written it: /etc/msrd/msrd.conf and its allowlists. */
#ifndef MSRD_DAEMON_CONFIG_FILE_H
#define MSRD_DAEMON_CONFIG_FILE_H

#include "policy/site.h"

/*
 * Loads it below root_fd (the daemon passes "/"); the built-in one when there is
 * no such file. 0, or -errno: error says what is wrong, and site grants nothing to
 * anybody. site_deinit releases in every case.
 */
int config_file_load(struct site *site, int root_fd, char error[SITE_ERROR_SIZE]);

#endif
