/* SPDX-License-Identifier: MIT */
/* Build tool: the texts of a model's groups -> a C table of them, by name. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "…/memory.group" is memory. */
static void put_name(FILE *out, const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;

	fprintf(out, "\t{\"%.*s\",\n", (int)strcspn(name, "."), name);
}

static int put_text(FILE *out, const char *path)
{
	FILE *in = fopen(path, "r");
	char line[1024];

	if (!in) {
		perror(path);
		return -1;
	}
	while (fgets(line, sizeof line, in)) {
		line[strcspn(line, "\n")] = '\0';
		fputs("\t\t\"", out);
		for (const char *c = line; *c; c++)
			fprintf(out, *c == '"' || *c == '\\' ? "\\%c" : "%c", *c);
		fputs("\\n\"\n", out);
	}
	fclose(in);
	fputs("\t},\n", out);
	return 0;
}

/* group2c NAME OUTPUT INPUT... */
int main(int argc, char **argv)
{
	FILE *out = argc > 2 ? fopen(argv[2], "w") : NULL;

	if (!out) {
		perror(argc > 2 ? argv[2] : "usage: group2c NAME OUTPUT INPUT...");
		return EXIT_FAILURE;
	}
	fprintf(out, "#include \"arch/groups.h\"\n\nstatic const struct arch_group groups[] = {\n");
	for (int i = 3; i < argc; i++) {
		put_name(out, argv[i]);
		if (put_text(out, argv[i]) < 0)
			return EXIT_FAILURE;
	}
	fprintf(out, "};\n\nconst struct arch_groups %s = {groups, %d};\n", argv[1], argc - 3);
	return fclose(out) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
