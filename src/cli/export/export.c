/* SPDX-License-Identifier: MIT */
/* msrctl export: what the registers count, for Prometheus: by HTTP, or as a file. */
#include <err.h>
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/export/exposition.h"
#include "cli/export/http.h"
#include "cli/export/programmed.h"
#include "cli/export/source.h"
#include "cli/job.h"
#include "cli/output/file.h"
#include "util/cleanup.h"
#include "util/clock.h"

/* Without a letter. */
enum { OPTION_MEMORY = 1 << 9, OPTION_INSTRUCTIONS };

#define DEFAULT_ADDRESS "127.0.0.1:10606"
#define DEFAULT_S	15
#define MIN_S		0.1
#define MAX_S		3600
/* Who asks again so soon gets the same: a flood of requests is none of reads. */
#define FRESH_NS (CLOCK_SECOND_NS / 10)

struct export_request {
	struct cli *cli;
	const char *address;  /* NULL: none */
	const char *textfile; /* NULL: none */
	double interval_s;
	bool memory, instructions;
};

static double parse_interval(const char *text, struct argp_state *state)
{
	char *end;
	double value = strtod(text, &end);

	if (end == text || *end != '\0' || !(value >= MIN_S && value <= MAX_S))
		argp_error(state, "-i %s: %g to %d seconds, please", text, MIN_S, MAX_S);
	return value;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct export_request *request = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = request->cli;
		return 0;
	case 'l':
		request->address = argument;
		return 0;
	case 't':
		request->textfile = argument;
		return 0;
	case 'i':
		request->interval_s = parse_interval(argument, state);
		return 0;
	case OPTION_MEMORY:
		request->memory = true;
		return 0;
	case OPTION_INSTRUCTIONS:
		request->instructions = true;
		return 0;
	case ARGP_KEY_END:
		if (request->cli->json)
			argp_error(state, "--json: Prometheus reads another format; msrctl watch "
					  "--json is for scripts");
		if (!request->address && !request->textfile)
			request->address = DEFAULT_ADDRESS;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option options[] = {
	{"listen", 'l', "ADDRESS:PORT", 0,
		"Serve /metrics there; default is " DEFAULT_ADDRESS ", or nowhere with --textfile",
		0},
	{"textfile", 't', "FILE", 0,
		"Write a file for the textfile collector of node_exporter; it is removed in the "
		"end",
		0},
	{"interval", 'i', "SECONDS", 0, "How often the file is written; default is 15", 0},
	{"memory", OPTION_MEMORY, NULL, 0,
		"Bytes of memory traffic, too: programs counters of the memory controllers", 0},
	{"instructions", OPTION_INSTRUCTIONS, NULL, 0,
		"Instructions, too, and what --memory has: programs fixed counters", 0},
	{0},
};

const struct argp export_argp = {
	.options = options,
	.parser = parse,
	.doc = "Serve what registers count to Prometheus: energy, clock, idle times and "
	       "temperatures, which are read and never programmed."
	       "\vExamples:\n"
	       "  msrctl export\n"
	       "  msrctl export --listen 127.0.0.1:0 --memory\n"
	       "  msrctl export -i 30 --textfile msrd.prom\n"
	       "\nIt says where it listens, or what it writes, when it is ready. SIGINT and "
	       "SIGTERM "
	       "end it.",
	.children = cli_options,
};

struct export
{
	const struct export_request *request;
	struct source source;
	struct programmed programmed;
	struct http *http; /* NULL: none */
	struct job job;
	uint64_t read_ns; /* 0: never yet */
	uint64_t n_reads;
	char *text;    /* as it was made last */
	bool has_file; /* it was written, and is still there */
	bool has_said; /* why it is not */
};

static double cpu_seconds(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

/* A daemon that is gone is told of once. */
static int read_all(struct export *export)
{
	bool was_up;
	int r;

	if (export->read_ns && clock_now_ns() - export->read_ns < FRESH_NS)
		return 0;
	was_up = export->source.is_up || export->n_reads == 0;
	r = source_read(&export->source);
	if (was_up && !export->source.is_up)
		warnx("%s", export->source.error);
	if (r == 0)
		r = programmed_read(&export->programmed);
	export->read_ns = clock_now_ns();
	export->n_reads++;
	return r;
}

static void write_text(const struct export *export, bool is_openmetrics, double seconds, FILE *out)
{
	const struct source *source = &export->source;
	const struct programmed *programmed = &export->programmed;
	const struct exposition exposition = {
		.version = MSRD_VERSION,
		.model = source->cli->node.arch->text,
		.is_up = source->is_up,
		.is_in_use = source->is_in_use,
		.n_starts = source->n_starts + programmed->n_starts,
		.n_reads = export->n_reads,
		.cpu_seconds = seconds,
		.samples = {&source->samples, &programmed->samples},
		.whys = {&source->whys, &programmed->whys},
	};

	exposition_write(&exposition, is_openmetrics, out);
}

static const char *make_text(void *context, bool is_openmetrics, size_t *size)
{
	struct export *export = context;
	FILE *stream;

	free(export->text);
	export->text = NULL;
	stream = open_memstream(&export->text, size);
	if (!stream)
		return NULL;
	if (read_all(export) == 0)
		write_text(export, is_openmetrics, cpu_seconds(), stream);
	else
		fputc('\0', stream);
	if (fclose(stream) != 0 || !export->text[0])
		return NULL;
	return export->text;
}

/* At once and whole, for whoever reads: node_exporter is another user, and has a CPU time of its
 * own by the same name. */
static int write_file(const struct export *export, struct output_file *file)
{
	write_text(export, false, NAN, file->stream);
	if (file->temporary && fchmod(fileno(file->stream), 0644) < 0)
		return -errno;
	return output_file_commit(file);
}

static int write_textfile(struct export *export)
{
	struct output_file file = {0};
	int r = read_all(export);

	if (r == 0)
		r = output_file_open(&file, export->request->textfile, FILE_REPLACES);
	if (r != 0)
		return r;
	r = write_file(export, &file);
	output_file_close(&file);
	export->has_file = export->has_file || r == 0;
	return r;
}

/* What is not measured any more is not to be read as if it were. A device is no file of ours. */
static void remove_textfile(struct export *export)
{
	const char *path = export->request->textfile;
	cleanup_free char *target = NULL;
	struct stat status;

	if (!export->has_file)
		return;
	export->has_file = false;
	target = realpath(path, NULL);
	/* somebody else has removed it, or it is a pipe */
	if ((!target || lstat(target, &status) < 0 ||
		    (S_ISREG(status.st_mode) && unlink(target) < 0 && truncate(target, 0) < 0)) &&
		errno != ENOENT)
		warn("%s", path);
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Often enough that no counter goes round unseen, whoever asks or not. */
static uint64_t read_due_ns(const struct export *export)
{
	/* at once, so that counters count from the start on */
	if (!export->read_ns)
		return 0;
	return export->read_ns + earlier(source_keep_up_ns(&export->source),
					 programmed_keep_up_ns(&export->programmed));
}

static enum cli_status say_failed(const struct export *export, int r)
{
	const char *path = export->request->textfile;

	warnx("%s%s%s", r == -ENOMEM || !path ? "" : path, r == -ENOMEM || !path ? "" : ": ",
		strerror(-r));
	return CLI_FAILED;
}

/* Where it fails the first time it is the administrator's to mend; later the disk may be full,
 * which is told of once. */
static int update_textfile(struct export *export, bool is_first)
{
	int r = write_textfile(export);

	if (r == 0)
		export->has_said = false;
	if (r == 0 || r == -ENOMEM || is_first)
		return r;
	remove_textfile(export);
	if (!export->has_said)
		say_failed(export, r);
	export->has_said = true;
	return 0;
}

/* What has been missed meanwhile is not made up for. */
static uint64_t next_file_ns(uint64_t file_ns, uint64_t interval_ns)
{
	uint64_t now_ns = clock_now_ns();

	return file_ns + interval_ns > now_ns ? file_ns + interval_ns : now_ns + interval_ns;
}

static enum cli_status run(struct export *export)
{
	const struct export_request *request = export->request;
	uint64_t interval_ns = (uint64_t)(request->interval_s * CLOCK_SECOND_NS);
	uint64_t file_ns = request->textfile ? clock_now_ns() : UINT64_MAX;
	bool is_ready = false;

	for (;;) {
		uint64_t due_ns = earlier(file_ns, read_due_ns(export));
		int r = 0;

		if (export->http)
			due_ns = earlier(due_ns, http_due_ns(export->http));
		if (is_ready && job_wait(&export->job, due_ns) == JOB_SIGNAL)
			return CLI_DONE;
		if (export->http)
			http_run(export->http);
		if (clock_now_ns() >= file_ns) {
			r = update_textfile(export, !is_ready);
			file_ns = next_file_ns(file_ns, interval_ns);
		} else if (clock_now_ns() >= read_due_ns(export)) {
			r = read_all(export);
		}
		if (r < 0)
			return say_failed(export, r);
		if (!is_ready && export->http)
			printf("listening at http://%s/metrics\n", http_address(export->http));
		if (!is_ready && request->textfile)
			printf("writing %s\n", request->textfile);
		if (!is_ready && fflush(stdout) != 0)
			warn("standard output");
		is_ready = true;
	}
}

static bool open_http(struct export *export)
{
	char error[HTTP_ERROR_SIZE];

	if (!export->request->address)
		return true;
	export->http = http_open(export->request->address, make_text, export, error);
	if (!export->http) {
		warnx("%s", error);
		return false;
	}
	export->job.input = http_fd(export->http);
	if (http_is_remote(export->http))
		warnx("%s can be reached from other machines, without a password and not "
		      "encrypted; msrctl-export(1) has a reverse proxy",
			http_address(export->http));
	return true;
}

static enum cli_status serve(struct export *export)
{
	const struct export_request *request = export->request;
	enum cli_status status = CLI_FAILED;
	int r = job_init(&export->job);

	if (r == 0)
		r = source_init(&export->source, request->cli);
	if (r == 0 && (request->memory || request->instructions))
		r = programmed_init(&export->programmed, request->cli, request->instructions);
	if (r < 0)
		warnx("%s", strerror(-r));
	else if (open_http(export))
		status = run(export);
	export->http = http_close(export->http);
	/* after the signal, and before it would end us */
	if (!programmed_deinit(&export->programmed) && status == CLI_DONE)
		status = CLI_FAILED;
	job_deinit(&export->job);
	remove_textfile(export);
	return status;
}

int export_run(struct cli *cli, int argc, char **argv)
{
	struct export_request request = {.cli = cli, .interval_s = DEFAULT_S};
	struct export export = {.request = &request};
	enum cli_status status;

	argp_parse(&export_argp, argc, argv, 0, NULL, &request);
	/* a client that goes away ends nothing */
	signal(SIGPIPE, SIG_IGN);
	if (!cli_read_node(cli) || !cli_has_arch(cli))
		return CLI_FAILED;
	status = serve(&export);
	source_deinit(&export.source);
	free(export.text);
	return (int)status;
}
