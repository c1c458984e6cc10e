#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every example of README, man pages and --help does what it is there for, on the node.

An example is a command that a reader can copy: it runs as it stands, in a tree like an
installed one, ends with 0 and prints something, and nothing on standard error. One that can't
run here is listed below with the reason. What README shows as output is what comes out.

usage: examples.py WORK LIKWID FUSE-MSR MSRD MSRCTL FIXTURES TESTS LEFT-OUT DEMO README PAGE...
LIKWID is 0 where its tools can run on the node.
"""
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

NODE = "xeon-e5-2680-2s"
PATIENCE_S = 60

WORKFLOW = "ci/check-workflow.sh runs it, and takes it from the page"
ADMIN = "it is for an administrator, on a real node"
CONTAINER = "tests/node/containers.sh runs it"
NOT_RUN = {
    'git clone --depth 1 "$MSRD" /tmp/msrd': WORKFLOW,
    "make -C /tmp/msrd": WORKFLOW,
    "make -C /tmp/msrd install": WORKFLOW,
    "apt-get install --yes --no-install-recommends libfuse3-3 libcyaml1 libncursesw6 libpfm4 libjansson4 libzydis4.0": WORKFLOW,
    "docker run --rm --device /dev/fuse --security-opt seccomp=unconfined --security-opt apparmor=unconfined "
    "IMAGE COMMAND": CONTAINER,
    "docker run --rm --device /dev/fuse --cap-add SYS_ADMIN --cap-add SYS_RAWIO --security-opt apparmor=unconfined "
    "IMAGE COMMAND": CONTAINER,
    "docker run --rm --device /dev/fuse --security-opt seccomp=unconfined --security-opt apparmor=unconfined "
    "--security-opt systempaths=unconfined IMAGE COMMAND": CONTAINER,
    "podman run --rm --device /dev/fuse IMAGE COMMAND": CONTAINER,
    "podman run --rm --device /dev/fuse --security-opt unmask=ALL IMAGE COMMAND": CONTAINER,
    "make demo": "it builds; what it runs is compared with what README shows",
    "make test": "it runs this test",
    "chmod 755 /usr/local/sbin/msrd": ADMIN,
    "chown root:root msrd && chmod 4755 msrd": ADMIN,
    "setcap cap_sys_rawio,cap_sys_admin,cap_dac_override=ep /usr/local/sbin/msrd": ADMIN,
    "setcap cap_sys_rawio,cap_sys_admin,cap_dac_override=ep msrd": ADMIN,
    "sudo systemd-sysusers": ADMIN,
    "sudo systemctl enable --now msrd.socket": ADMIN,
    **dict.fromkeys(("msrctl lock give nobody", "msrctl lock give --force nobody", "msrctl lock release nobody"),
        "it is root's to do; tests/node/msrctl-lock.sh does it"),
    "msrctl-job ./solver input.dat": "it is for standard error; tests/node/slurm.sh runs it",
    "PATH=/usr/local/libexec/msrd/service:$PATH likwid-perfctr -C 0 -g MEM ./a.out":
        "it wants the service; tests/node/service.sh has it",
}

LINK = "ln -sf /usr/local/libexec/msrd/likwid-3.1/likwid-accessD /opt/likwid/sbin/likwid-accessD"

TERMINAL = "it wants a terminal, and never ends; tests/node/msrctl-top.sh has one"

HOSTS = "the host's NMI watchdog and perf are warnings"

# example: what runs in its place, and why
INSTEAD = {
    "msrctl stat --json -n 0 | jq '.sockets[].package_watts'":
        ("msrctl stat --json -n 2 -i 0.2 | jq '.sockets[].package_watts'", "it never ends"),
    "msrctl doctor": ("msrctl doctor || [ $? = 1 ]", HOSTS),
    "msrctl doctor -v": ("msrctl doctor -v || [ $? = 1 ]", HOSTS),
    "msrctl doctor --json | jq '[.checks[] | select(.status == \"error\")] | length'":
        ("(msrctl doctor --json || [ $? = 1 ]) | jq -e "
         "'[.checks[] | select(.status == \"error\")] | length'", HOSTS),
    "$msrctl stat -i 0.1 --plot figures.svg -- make":
        ("$msrctl stat -i 0.1 --plot figures.svg -- make 2>&1", "the last interval is short, as is told"),
    "$msrctl top": ("$msrctl top --batch -n 1", TERMINAL),
    "msrctl top": ("msrctl top --batch -n 1", TERMINAL),
    "msrctl top -c S0 -i 0.5 -g l3": ("msrctl top -c S0 -i 0.5 -g l3 --batch -n 1", TERMINAL),
    "msrctl stat -i 2 -n 5 -c 0-7": ("msrctl stat -i 0.2 -n 5 -c 0-7", "it takes 10 seconds"),
    "PATH=/usr/local/libexec/msrd/likwid-5.4:$PATH likwid-perfctr -C 0 -g MEM ./a.out":
        ("PATH=/usr/local/libexec/msrd/likwid-5.2:$PATH likwid-perfctr -C 0 -g MEM ./a.out",
         "Debian's LIKWID is 5.2"),
    "msrctl policy diff profile:counters site.allow":
        ("msrctl policy diff profile:counters site.allow || [ $? = 1 ]", "1 says that they differ"),
    "msrctl record this-node":
        ("msrctl record this-node 2>&1", "whoever is not root is told what he can't read"),
    "fuse-msr import --ftrace machine.log machine.trace":
        ("fuse-msr import --ftrace machine.log another.trace", "other examples read it meanwhile"),
    "fuse-msr cut --msrs 0x198,0x1b0 machine.trace driver.trace":
        ("fuse-msr cut --msrs 0x198,0x1b0 machine.trace part.trace", "other examples read it meanwhile"),
    "fuse-msr run xeon-e5-2680-2s --as-root --replay driver.trace -- ./driver":
        ("fuse-msr run xeon-e5-2680-2s --as-root --replay driver.trace -- ./driver 2>&1; [ $? = 3 ]",
         "3 says that it differs"),
    'fuse-msr run xeon-e5-2680-2s --as-root --fault "fail 0 0x198 EIO once" --replay driver.trace -- ./driver':
        ('fuse-msr run xeon-e5-2680-2s --as-root --fault "fail 0 0x198 EIO once" '
         "--replay driver.trace -- ./driver 2>&1; [ $? = 3 ]", "3 says that it differs"),
    LINK: (LINK + " && msrctl --daemon /opt/likwid/sbin/likwid-accessD read -u imc0 0xf4",
        "a link says nothing; a client shows that it leads to the daemon"),
}

# Behind an interval that a busy machine lets end late the next is short, as is said.
BUSY = "msrctl: the interval is short for the energy counters"

# A shell without a terminal has nothing to say.
SILENT = re.compile(r"-- sh$|> *\S+$|-o \S+ ")

OURS = r"(?:msrctl|fuse-msr|msrd|likwid-\w+)"
COMMAND = re.compile(r"(?:\w+=\S+ +)*(?:\S*/)?" + OURS + r"(?: |$)|.*\| *" + OURS + r"(?: |$)")
# These do nothing here, or too much.
NEVER_RUN = re.compile(r"(?:sudo|chown|chmod|setcap|modprobe|make|meson|ninja|git) ")
OTHER_COMMAND = re.compile(r"(?:ln|cp) |" + NEVER_RUN.pattern)
ASSIGNMENT = re.compile(r"\w+=(?:\"[^\"]*\"|\S*)$")


class Example:
    """A command, where it stands, and the assignments before it in its block."""

    def __init__(self, where, text, before=()):
        self.where = where
        self.text = text
        self.command = INSTEAD.get(text, (text,))[0]
        self.script = "\n".join([*before, self.command])

    def is_gnuplots(self):
        return re.search(r"msrctl plot (?!--script)|--plot ", self.script) is not None

    def is_likwids(self):
        return re.search(r"\blikwid-(?!accessD)[a-z]", self.script) is not None


def joined(lines):
    """Lines that end with a backslash go on in the next."""
    text = "\n".join(lines)
    return re.sub(r"\\\n\s*", "", text).split("\n")


def without_comment(line):
    return re.sub(r"\s+#\s.*", "", line).strip()


def examples_of_block(where, lines, is_session):
    before = []
    for line in map(without_comment, joined(lines)):
        if ASSIGNMENT.match(line):
            before.append(line)
        elif line and not line.startswith("#") and (
                is_session or COMMAND.match(line) or OTHER_COMMAND.match(line)):
            yield Example(where, line, before)


def blocks_of_markdown(text):
    """(what stands behind the fence or None for an indented block, lines)"""
    for block in re.finditer(
            r"^```(?P<kind>\w*)\n(?P<fenced>.*?)^```$|(?<=\n\n)(?P<indented>(?:    [^\n]*\n|\n)+)",
            text, re.M | re.S):
        if block["fenced"] is not None:
            yield block["kind"], block["fenced"].splitlines()
        elif block["indented"].strip():
            yield None, [line.strip() for line in block["indented"].splitlines()]


def steps_of(lines):
    """The commands of a workflow of a CI service."""
    indent = None
    for line in lines:
        step = re.match(r"( *)(?:- )?run: (.*)", line)
        if step:
            indent = len(step[1]) if step[2] == "|" else None
            if indent is None:
                yield step[2]
        elif indent is not None and len(line) - len(line.lstrip()) > indent:
            yield line.strip()
        else:
            indent = None


def examples_of_markdown(where, text):
    for kind, lines in blocks_of_markdown(text):
        if kind == "yaml":
            yield from examples_of_block(where, list(steps_of(lines)), False)
        else:
            yield from examples_of_block(where, lines, kind in (None, "sh"))


def examples_of_man(where, text):
    """Indented and bold lines: those of EXAMPLES, elsewhere those that are a paragraph."""
    section = ""
    lines = ["", *joined(text.splitlines()), ""]
    for before, line, after in zip(lines, lines[1:], lines[2:]):
        if line.startswith("# "):
            section = line[2:]
        shown = re.fullmatch(r"\t+(.*)|\*([^*]+)\*", line)
        is_example = section in ("EXAMPLE", "EXAMPLES")
        if shown and section != "SYNOPSIS" and (is_example or not before and not after):
            command = re.sub(r"\\(.)", r"\1", shown[1] or shown[2]).strip()
            yield from examples_of_block(where, [command],
                is_example and re.match(r"\w+[=\w-]* ", command))


def examples_of_help(where, text):
    for line in text.splitlines():
        if line.startswith("  "):
            command = re.sub(r"\s{2,}.*", "", line.strip())
            yield from examples_of_block(where, [command], False)


def help_of(*command):
    # else lines are wrapped, and the examples with them
    environment = {**os.environ, "ARGP_HELP_FMT": "rmargin=500"}
    return subprocess.run([*map(str, command), "--help"], env=environment, check=True,
        stdout=subprocess.PIPE, text=True).stdout


def helps(place):
    """Of the programs and of each of their commands: (command, text)"""
    yield "msrd", help_of(place.prefix / "sbin/msrd")
    for program, pattern, least in (
            ("msrctl", r"^  (\w+)  +\w", {"info", "list", "read", "write", "stat"}),
            ("fuse-msr", r"fuse-msr (?:\[OPTION\.\.\.\] )?(\w+)", {"run", "mount", "check"})):
        path = place.prefix / "bin" / program
        text = help_of(path)
        commands = set(re.findall(pattern, text, re.M))
        if not commands >= least:
            raise SystemExit(f"{program} --help names the commands {sorted(commands)} only")
        yield program, text
        for command in sorted(commands):
            yield f"{program} {command}", help_of(path, command)


def options_of(text):
    return set(re.findall(r"^ +(?:-\w, )?(--[a-z][\w-]*)", text, re.M))


def check_pages(report, place, pages):
    """Each command of msrctl has a page, its own or one with a sister, and that has all its options."""
    texts = {page.name: page.read_text() for page in pages}
    overview = texts["msrctl.1.scd"]
    common = options_of(help_of(place.prefix / "bin/msrctl"))
    wrong = []
    for command, text in helps(place):
        program, _, name = command.partition(" ")
        if program != "msrctl" or not name:
            continue
        own = [page for file, page in texts.items()
            if file.startswith("msrctl-") and re.search(rf"^\*msrctl\* {name}\b", page, re.M)]
        if not own or f"*{name}*" not in overview:
            wrong.append(f"{command}: it has no page, or msrctl(1) does not name it")
        for option in sorted(options_of(text) - common):
            if not any(f"*{option}*" in page for page in own):
                wrong.append(f"{command}: its page has no {option}")
    report.say("each command of msrctl has a page with its options", wrong)


def write_program(path, text):
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(0o755)


class Place:
    """An installed tree, a checkout with its build, and what the examples' user has there."""

    def __init__(self, work, fuse_msr, msrd, msrctl, fixtures, demo):
        self.prefix = work / "prefix"
        self.home = work / "home"
        self.install(fuse_msr, msrd, msrctl, fixtures)
        self.check_out(fixtures, demo)
        for name in ("solver", "a.out"):
            write_program(self.home / name, "sleep 0.3\n")
        (self.home / "input.dat").touch()
        # what somebody has recorded of a node
        for name, recorded in (("lspci.txt", "pci.txt"), ("msr.txt", "msr.txt")):
            shutil.copy(fixtures / "documented" / NODE / recorded, self.home / name)
        (self.home / "cpuinfo").write_text(self.run("cat /proc/cpuinfo", True).stdout)
        (self.home / "site.allow").write_text("0x1B0 0xF # IA32_ENERGY_PERF_BIAS, of the site\n")
        (self.home / "msrd.conf").write_text("[user root]\nprofiles power\n")
        (self.home / "programs").mkdir()
        write_program(self.home / "programs/make", "sleep 0.3; echo made\n")

    def add_figures(self):
        """What somebody has measured."""
        for name in ("figures", "node1", "node2"):
            self.run(f"msrctl stat --format ndjson -i 0.1 -n 3 -o {name}.ndjson", True)

    def add_vendor(self):
        """What a vendor has, and what his commands make of it."""
        for path in (pathlib.Path(__file__).parent / "vendor").iterdir():
            shutil.copy(path, self.home)
        self.run("fuse-msr import --ftrace machine.log machine.trace && "
            "fuse-msr cut --msrs 0x198,0x1b0 machine.trace driver.trace")

    def install(self, fuse_msr, msrd, msrctl, fixtures):
        for folder in ("bin", "sbin", "libexec/msrd", "share/msrd"):
            (self.prefix / folder).mkdir(parents=True)
        shutil.copy(msrd, self.prefix / "sbin")
        shutil.copy(fuse_msr, self.prefix / "bin")
        shutil.copy(fuse_msr.parent / "libnode-cpuid.so", self.prefix / "libexec/msrd")
        (self.prefix / "share/msrd/fixtures").symlink_to(fixtures)
        # the daemon that it was built to start may be another's, from an installation
        shutil.copy(msrctl, self.prefix / "libexec/msrctl")
        write_program(self.prefix / "bin/msrctl", f"exec '{self.prefix}/libexec/msrctl' "
            f"--daemon '{self.prefix}/sbin/msrd' \"$@\"\n")
        for folder in (".", *(f"likwid-{release}" for release in ("3.1", "5.2", "5.4"))):
            folder = self.prefix / "libexec/msrd" / folder
            folder.mkdir(exist_ok=True)
            (folder / "likwid-accessD").symlink_to(self.prefix / "sbin/msrd")

    def check_out(self, fixtures, demo):
        for folder in ("ci", "likwid/sbin", "build/fuse-msr", "build/src/daemon", "build/src/cli"):
            (self.home / folder).mkdir(parents=True)
        # one second shows as much as three
        write_program(self.home / "ci/demo.sh",
            re.sub(r"^seconds=\d+$", "seconds=1", demo.read_text(), flags=re.M))
        (self.home / "fixtures").symlink_to(fixtures)
        (self.home / "build/fuse-msr/fuse-msr").symlink_to(self.prefix / "bin/fuse-msr")
        (self.home / "build/src/daemon/msrd").symlink_to(self.prefix / "sbin/msrd")
        (self.home / "build/src/cli/msrctl").symlink_to(self.prefix / "libexec/msrctl")

    def add_node(self, text):
        """The complete example of the fixtures' README is the node of whoever reads on."""
        node = self.home / "my-node"
        node.mkdir()
        for name, content in re.findall(r"^### (\S+)\n```\w*\n(.*?)^```$", text, re.M | re.S):
            (node / name).write_text(content)

    def run(self, script, on_node=False):
        path = ":".join(map(str, (self.prefix / "bin", self.home / "programs")))
        command = ["bash", "-o", "pipefail", "-c",
            script.replace("/usr/local", str(self.prefix)).replace("/opt", str(self.home))]
        if on_node:
            command = ["fuse-msr", "run", NODE, "--", *command]
        return subprocess.run(command, cwd=self.home, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=PATIENCE_S,
            env={**os.environ, "PATH": f"{path}:{os.environ['PATH']}"})


def is_on_host(example):
    """fuse-msr makes the node; all else is on it."""
    return re.match(r"\S*fuse-msr ", example.command) is not None


def complaints_about(place, example):
    if NEVER_RUN.match(example.command):
        return ["it is not run, and not listed with the reason"]
    try:
        done = place.run(example.script, not is_on_host(example))
    except subprocess.TimeoutExpired:
        return [f"it has not ended after {PATIENCE_S} seconds"]
    wrong = []
    if done.returncode != 0:
        wrong.append(f"it ends with {done.returncode}")
    if not done.stdout.strip() and not SILENT.search(example.script):
        wrong.append("it prints nothing")
    said = "\n".join(line for line in done.stderr.splitlines() if not line.startswith(BUSY))
    # LIKWID says this and that
    if said.strip() and not (example.is_likwids() and done.returncode == 0):
        wrong.append("it says on standard error: " + said.strip())
    return wrong


class Report:
    def __init__(self):
        self.n_failed = 0

    def say(self, sentence, complaints):
        print("FAILED:" if complaints else "ok:", sentence)
        for complaint in complaints:
            print("   ", complaint.replace("\n", "\n    "))
        self.n_failed += bool(complaints)


def run_all(place, report, examples):
    """Beside each other: most of their time they wait. A comparison of figures is left alone."""
    together = [e for e in examples if not re.search(r" (?:-e|--expect)\b", e.script)]
    alone = [e for e in examples if e not in together]

    def judge(example):
        return complaints_about(place, example)

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        results = list(zip(together, pool.map(judge, together)))
    # where others take the CPUs away it may try again; what is wrong stays wrong
    results += [(example, judge(example) and judge(example)) for example in alone]
    for example, complaints in results:
        report.say(f"{example.where}: {example.text}", complaints)


def skeleton(line):
    """A line of output without its figures and its widths."""
    return re.sub(r"\s+|-{2,}", " ", re.sub(r"[+-]?\d+(?:\.\d+)?", "0", line)).strip()


def missing_lines(shown, real):
    there = {skeleton(line) for line in real.splitlines()}
    return [f"nothing like this comes out: {line}" for line in shown
        if line.strip() not in ("", "...", "[...]") and skeleton(line) not in there]


def check_demo(place, report, shown, with_likwid):
    if not with_likwid:
        end = [i for i, line in enumerate(shown) if line.startswith("LIKWID's own")]
        shown = shown[:end[0]] if end else shown
    done = place.run("ci/demo.sh build")
    if done.returncode != 0:
        done = place.run("ci/demo.sh build")
    wrong = missing_lines(shown, done.stdout)
    if done.returncode != 0 and with_likwid:
        wrong.append(f"it ends with {done.returncode}: {done.stderr}")
    if wrong:
        wrong.append("real output:\n" + done.stdout)
    report.say("README: what make demo shows", wrong)


def check_tests(report, shown, names):
    """make test can't run in itself: the names of its tests are compared."""
    named = [re.match(r"\s*\d+/\d+ msrd:([\w-]+)(?:\+\w+)* / (\S+) ", line) for line in shown]
    wrong = [f"no such test: {match[0]}" for match in named
        if match and f"{match[1]} / {match[2]}" not in names]
    if not any(named):
        wrong.append("it names no test")
    numbers = {int(match[1]) for line in shown if (match := re.match(r"\s*\d+/(\d+)\s", line))}
    numbers.add(sum(int(match[1]) for line in shown if (match := re.match(r"(?:Ok|Skipped):\s*(\d+)$", line))))
    if numbers != {len(names)}:
        wrong.append(f"there are {len(names)} tests, and it shows {numbers}")
    report.say("README: how make test ends", wrong)


def check_outputs(place, report, readme, names, with_likwid):
    demo, ends = [], []
    for kind, lines in blocks_of_markdown(readme):
        if kind is not None and lines[0].startswith("The node:"):
            demo = lines
        elif any(line.startswith("Ok: ") for line in lines):
            ends = lines
    report.say("README shows what make demo prints and how make test ends",
        [] if demo and ends else ["it does not"])
    check_demo(place, report, demo, with_likwid)
    check_tests(report, ends, names)


def collect(place, readme, pages):
    fixtures = (place.home / "fixtures/README.md").read_text()
    place.add_node(fixtures)
    examples = [*examples_of_markdown("README.md", readme),
        *examples_of_markdown("fixtures/README.md", fixtures)]
    for page in pages:
        of = examples_of_markdown if page.suffix == ".md" else examples_of_man
        examples += of(page.name.removesuffix(".scd"), page.read_text())
    for command, text in helps(place):
        examples += examples_of_help(command + " --help", text)
    return examples


def main():
    with_likwid = sys.argv[2] == "0"
    left_out = sys.argv.pop(8)
    work, _, fuse_msr, msrd, msrctl, fixtures, tests, demo, readme, *pages = map(
        pathlib.Path, sys.argv[1:])
    place = Place(work, fuse_msr, msrd, msrctl, fixtures, demo)
    place.add_vendor()
    place.add_figures()
    report = Report()
    readme = readme.read_text()

    examples = collect(place, readme, pages)
    check_pages(report, place, pages)
    texts = {example.text for example in examples}
    report.say("what is listed as not run, or as run in another way, is an example",
        [f"it is gone: {text}" for text in (*NOT_RUN, *INSTEAD) if text not in texts])

    chosen = {}
    for example in examples:
        if example.text not in NOT_RUN and (with_likwid or not example.is_likwids()) and (
                shutil.which("gnuplot") or not example.is_gnuplots()):
            chosen.setdefault(example.script, example)
    run_all(place, report, chosen.values())
    # what make test runs, and make test-kernel does not
    names = {f"{test['suite'][0].split(':')[-1]} / {test['name']}"
        for test in json.loads(tests.read_text()) if "msrd:kernel" not in test["suite"]}
    names |= {name if "/" in name else f"node / {name}" for name in left_out.split(",") if name}
    check_outputs(place, report, readme, names, with_likwid)
    print(f"{len(examples)} examples, {len(chosen)} different ones run")
    return report.n_failed != 0


sys.exit(main())
