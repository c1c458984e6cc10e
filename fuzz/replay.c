/* SPDX-License-Identifier: MIT */
/*
 * Runs a harness over the files of its corpus: seeds, and every input that once
 * made it fail. Knows nothing of what they are.
 * usage: replay-NAME CORPUS-FOLDER
 */
#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "fuzz/harness.h"
#include "util/cleanup.h"

static void replay(int dir_fd, const char *name)
{
	cleanup_close int fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC);
	cleanup_free uint8_t *bytes = NULL;
	struct stat status;

	if (fd < 0 || fstat(fd, &status) < 0)
		err(EXIT_FAILURE, "%s", name);
	/* exactly as long as the input: memcheck and ASan see one byte too far */
	bytes = malloc((size_t)status.st_size);
	if (!bytes && status.st_size > 0)
		err(EXIT_FAILURE, "%s", name);
	if (read(fd, bytes, (size_t)status.st_size) != status.st_size)
		errx(EXIT_FAILURE, "%s: cannot be read whole", name);
	fprintf(stderr, "%s\n", name); /* who aborts is named last */
	LLVMFuzzerTestOneInput(bytes, (size_t)status.st_size);
}

int main(int argc, char **argv)
{
	cleanup_closedir DIR *dir = argc == 2 ? opendir(argv[1]) : NULL;
	unsigned n = 0;

	if (!dir)
		err(EXIT_FAILURE, "the corpus folder %s", argc == 2 ? argv[1] : "(none given)");
	for (struct dirent *entry; (entry = readdir(dir));) {
		if (entry->d_name[0] == '.')
			continue;
		replay(dirfd(dir), entry->d_name);
		n++;
	}
	if (n == 0)
		errx(EXIT_FAILURE, "%s has no input: nothing was tried", argv[1]);
	return EXIT_SUCCESS;
}
