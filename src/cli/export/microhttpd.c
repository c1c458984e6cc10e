/* SPDX-License-Identifier: MIT */
#include "cli/export/microhttpd.h"

#include <dlfcn.h>
#include <string.h>

#include "util/array.h"

static const char *const names[] = {
#define X(function) "MHD_" #function,
	MICROHTTPD(X)
#undef X
};

bool microhttpd_load(struct microhttpd *microhttpd)
{
	void *functions[N_ELEMENTS(names)];

	/* the name of the interface that the header is of */
	microhttpd->library = dlopen("libmicrohttpd.so.12", RTLD_NOW | RTLD_LOCAL);
	if (!microhttpd->library)
		return false;
	for (size_t i = 0; i < N_ELEMENTS(names); i++) {
		functions[i] = dlsym(microhttpd->library, names[i]);
		if (!functions[i]) {
			microhttpd_unload(microhttpd);
			return false;
		}
	}
	/* no conversion of C makes a function of them; POSIX says that they are */
	size_t i = 0;
#define X(function) memcpy(&microhttpd->function, &functions[i++], sizeof functions[0]);
	MICROHTTPD(X)
#undef X
	return true;
}

void microhttpd_unload(struct microhttpd *microhttpd)
{
	if (microhttpd->library)
		dlclose(microhttpd->library);
	microhttpd->library = NULL;
}
