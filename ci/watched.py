#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Two simulated nodes, msrctl export on each, and a real Prometheus that scrapes both.

check: what the man page shows works as it stands there: the scrape configuration, the rules, the reverse
proxy, node_exporter's textfile collector; and every panel of the dashboard has data.
picture: the dashboard's panels, each drawn from what Prometheus answers to the panel's own query.

usage: watched.py check|picture BUILD-FOLDER WORK-FOLDER
"""
import base64
import contextlib
import json
import math
import pathlib
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "src/cli/man/msrctl-export.1.scd"
DASHBOARD = ROOT / "src/cli/export/grafana-dashboard.json"
PICTURE = ROOT / "src/cli/export/dashboard.svg"
FIXTURE = ROOT / "fixtures/documented/xeon-e5-2680-2x1"
PATIENCE_S = 120
PICTURE_S = 60
N_NODES = 2

n_failed = 0


def check(sentence, holds, about=""):
    global n_failed
    print("ok:" if holds else "FAILED:", sentence, flush=True)
    if not holds:
        n_failed += 1
        print(about, flush=True)


def wait_until(holds, what):
    end = time.monotonic() + PATIENCE_S
    while not (result := holds()):
        if time.monotonic() > end:
            raise SystemExit(f"FAILED: {what}: not within {PATIENCE_S} s")
        time.sleep(0.2)
    return result


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def get(url, **headers):
    """(status, text)"""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=60, context=context) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError as error:
        return None, str(error)


def example(name):
    """A block of the page, by its first line."""
    blocks = re.findall(r"^```\n# (\S+)\n(.*?)^```$", PAGE.read_text(), re.M | re.S)
    return {pathlib.Path(title).name: text for title, text in blocks}[name]


def with_phases(work):
    """The load of the second node comes and goes."""
    node = work / "node"
    shutil.copytree(FIXTURE, node)
    path = node / "workload.yaml"
    head, phase = path.read_text().split("phases:\n")

    def scaled(share):
        def number(match):
            return f"{match[1]}{float(match[2]) * share:.15g}"
        text = re.sub(r"(per_second: )([\d.e+]+)(?=, name: CAS_COUNT)", number, phase)
        text = re.sub(r"(instructions_per_cycle: )([\d.]+)", number, text)
        return re.sub(r"((?:package|pp0|dram)_watts: )([\d.]+)", number, text)
    path.write_text(head + "phases:\n" + "".join(
        re.sub(r"seconds: 0 .*", f"seconds: {seconds}", scaled(share).replace("name: steady", f"name: {name}"))
        for name, seconds, share in (("busy", 12, 1), ("calm", 8, 0.4), ("half", 6, 0.7))))
    return node


class Watched(contextlib.ExitStack):
    def __init__(self, build, work):
        super().__init__()
        self.build, self.work = build, work
        self.ports, self.nodes = [], []

    def start(self, *command, **options):
        process = subprocess.Popen([*map(str, command)], stdin=subprocess.DEVNULL, **options)
        self.callback(self.stop, process)
        return process

    def stop(self, process):
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if process.stdout:
            process.stdout.close()

    def start_node(self, fixture, *options):
        msrd, msrctl = self.build / "src/daemon/msrd", self.build / "src/cli/msrctl"
        node = self.start(self.build / "fuse-msr/fuse-msr", "run", "--daemon", msrd, fixture, "--", msrctl, "--daemon",
            msrd, "export", "--listen", "127.0.0.1:0", *options, stdout=subprocess.PIPE, text=True)
        line = node.stdout.readline()
        match = re.search(r":(\d+)/metrics$", line)
        if not match:
            raise SystemExit(f"FAILED: a node's exporter says: {line}")
        self.nodes.append(node)
        self.ports.append(int(match[1]))

    def start_prometheus(self):
        """By the page's own files, but for ports, and scraping each second."""
        self.port = free_port()
        targets = ", ".join(f"'localhost:{port}'" for port in self.ports)
        config = example("prometheus.yml").replace("'localhost:10606'", targets).replace("15s", "1s")
        (self.work / "prometheus.yml").write_text("global: {evaluation_interval: 1s}\n" + config)
        (self.work / "msrd.rules.yml").write_text(example("msrd.rules.yml"))
        with open(self.work / "prometheus.log", "wb") as log:
            self.start("prometheus", f"--config.file={self.work}/prometheus.yml",
                f"--storage.tsdb.path={self.work}/tsdb", f"--web.listen-address=127.0.0.1:{self.port}",
                stdout=log, stderr=log)
        wait_until(lambda: get(f"http://127.0.0.1:{self.port}/-/ready")[0] == 200, "Prometheus is ready")

    def ask(self, path, **arguments):
        status, text = get(f"http://127.0.0.1:{self.port}/api/v1/{path}?{urllib.parse.urlencode(arguments)}")
        if status != 200:
            raise SystemExit(f"FAILED: {path} {arguments}: {status} {text}")
        return json.loads(text)["data"]

    def query(self, text):
        """[(labels, value)]"""
        return [(one["metric"], float(one["value"][1])) for one in self.ask("query", query=text)["result"]]

    def wait_for_nodes(self):
        wait_until(lambda: [v for _, v in self.query("msrd_up")] == [1] * len(self.ports) and
            len(self.query("count_over_time(msrd_package_joules_total[1m]) > 5")) == 2 * len(self.ports),
            "both nodes are scraped")


# --- the dashboard

def panels_of(dashboard):
    return [panel for panel in dashboard["panels"] if panel["type"] == "timeseries"]


def filled_in(expression):
    return expression.replace("$instance", ".*").replace("$__rate_interval", "5s")


def check_dashboard(watched):
    dashboard = json.loads(DASHBOARD.read_text())
    panels = panels_of(dashboard)
    served = set()
    for port in watched.ports:
        served |= set(re.findall(r"^(\w+)", get(f"http://127.0.0.1:{port}/metrics")[1], re.M))
    text = " ".join(target["expr"] for panel in panels for target in panel["targets"])
    # without any sample it is not there, and that is well
    unknown = set(re.findall(r"\bmsrd_\w+", text)) - served - {"msrd_unavailable"}
    check("the dashboard asks for what is served alone", not unknown, unknown)
    check("... for all that is measured", {name for name in served if re.match(r"msrd_.*(joules|bytes|instructions)_total", name)}
        - {"msrd_cores_joules_total"} <= set(re.findall(r"\bmsrd_\w+", text)), served)
    places = [(p["gridPos"]["x"], p["gridPos"]["y"]) for p in panels]
    check("its panels have numbers and places of their own, on a grid of 24", len({p["id"] for p in panels}) == len(panels) ==
        len(set(places)) >= 8 and all(p["gridPos"]["x"] + p["gridPos"]["w"] <= 24 for p in panels), places)
    check("... and a data source that can be chosen", all(p["datasource"]["uid"] == "${datasource}" for p in panels) and
        "datasource" in [v["name"] for v in dashboard["templating"]["list"]], dashboard["templating"])
    check("... and say what Grafana they are for", isinstance(dashboard["schemaVersion"], int) and dashboard["uid"], "")
    for panel in panels:
        for target in panel["targets"]:
            found = watched.query(filled_in(target["expr"]))
            instances = {labels["instance"] for labels, value in found if math.isfinite(value)}
            check(f"panel {panel['title']}, {target['refId']}: has data of both nodes", len(instances) == N_NODES,
                (target["expr"], found))
            names = re.findall(r"\{\{(\w+)\}\}", target["legendFormat"])
            check("... with the labels of its legend", all(name in labels or name == "metric"
                for labels, _ in found for name in names), found)


# --- what the page shows

def run(*command, **options):
    return subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=PATIENCE_S, **options)


def check_files(watched):
    work = watched.work / "page"
    work.mkdir()
    for name in ("prometheus.yml", "msrd.rules.yml"):
        (work / name).write_text(example(name))
    done = run("promtool", "check", "config", work / "prometheus.yml")
    check("promtool: the page's prometheus.yml is good", done.returncode == 0, done)
    done = run("promtool", "check", "rules", work / "msrd.rules.yml")
    check("promtool: the page's rules are good", done.returncode == 0, done)
    text = get(f"http://127.0.0.1:{watched.ports[0]}/metrics")[1]
    done = run("promtool", "check", "metrics", input=text)
    check("promtool: what is served keeps the conventions", done.returncode == 0 and not done.stderr.strip(), done)
    _, text = get(f"http://127.0.0.1:{watched.ports[0]}/metrics", Accept="application/openmetrics-text")
    (work / "openmetrics").write_text(text)
    done = run(sys.executable, ROOT / "tests/node/openmetrics.py", work / "openmetrics")
    check("... and so do two parsers of OpenMetrics", done.returncode == 0, done)


def check_prometheus(watched):
    units = watched.ask("metadata", metric="msrd_package_joules")
    check("Prometheus gets OpenMetrics, which alone tells units", units.get("msrd_package_joules", [{}])[0].get("unit")
        == "joules", units)
    rules = [rule for group in watched.ask("rules")["groups"] for rule in group["rules"]]
    wait_until(lambda: all(rule["health"] == "ok" for group in watched.ask("rules")["groups"] for rule in group["rules"]),
        "rules are evaluated")
    check("all of the page's rules are evaluated", len(rules) >= 6, rules)
    check("... no alert is due", not [rule for rule in rules if rule["type"] == "alerting" and rule["state"] != "inactive"], rules)
    for rule in rules:
        if rule["type"] == "recording":
            wait_until(lambda name=rule["name"]: len({labels["instance"] for labels, _ in watched.query(name)}) == N_NODES,
                rule["name"])
            check(f"{rule['name']} has both nodes", True)
    # the first node is steady: 42.5 W and 39 W, by its own clock
    wanted = {"0": 42.5, "1": 39}

    def is_right():
        found = {labels["socket"]: value for labels, value in watched.query(
            f'rate(msrd_package_joules_total{{instance="localhost:{watched.ports[0]}"}}[20s])')}
        return set(found) == set(wanted) and all(abs(found[s] / wanted[s] - 1) < 0.05 for s in wanted) and found
    check("the power that Prometheus computes is the workload's", wait_until(is_right, "the power of the steady node"))
    node = watched.nodes[1]
    watched.stop(node)
    wait_until(lambda: [labels for labels, _ in watched.query('up{job="msrd"} == 0')], "a node is down")
    wait_until(lambda: [rule["name"] for group in watched.ask("rules")["groups"] for rule in group["rules"]
        if rule["type"] == "alerting" and rule["state"] == "pending"] == ["MsrdDown"], "its alert")
    check("an exporter that ended is an alert, and no other one", True)


def check_textfile(watched):
    folder, port = watched.work / "textfile", free_port()
    (folder / "collector").mkdir(parents=True)
    msrd, msrctl = watched.build / "src/daemon/msrd", watched.build / "src/cli/msrctl"
    node = watched.start(watched.build / "fuse-msr/fuse-msr", "run", "--daemon", msrd, FIXTURE, "--", msrctl, "--daemon", msrd,
        "export", "-i", "1", "--textfile", folder / "msrd.prom", stdout=subprocess.PIPE, text=True)
    node.stdout.readline()
    link = re.search(r"^\*sudo (ln -s .*)\*$", PAGE.read_text(), re.M)[1].split()
    (folder / "collector" / pathlib.Path(link[-1]).name).symlink_to(folder / pathlib.Path(link[-2]).name)
    watched.start("prometheus-node-exporter", f"--web.listen-address=127.0.0.1:{port}", "--collector.disable-defaults",
        "--collector.textfile", f"--collector.textfile.directory={folder}/collector", stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}/metrics"
    wait_until(lambda: get(url)[0] == 200, "node_exporter answers")
    text = get(url)[1]
    check("node_exporter's textfile collector serves it, through the page's link", all(line in text for line in (
        "\nnode_textfile_scrape_error 0\n", '\nmsrd_package_joules_total{socket="1"} ', "\nmsrd_up 1\n")), text)
    check("... and has no metric of that name itself", '\npromhttp_metric_handler_errors_total{cause="gathering"} 0\n'
        in get(url)[1], get(url)[1])
    watched.stop(node)
    wait_until(lambda: "\nnode_textfile_scrape_error 1\n" in get(url)[1], "the end of the file is an error")
    check("... and counts an error when the exporter has ended", "msrd_package" not in get(url)[1], text)


def check_proxy(watched):
    work, port = watched.work / "nginx", free_port()
    work.mkdir()
    done = run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
        "-keyout", work / "node.key", "-out", work / "node.pem")
    assert done.returncode == 0, done
    password = run("openssl", "passwd", "-apr1", "secret").stdout.strip()
    (work / "msrd.htpasswd").write_text(f"prometheus:{password}\n")
    server = example("msrd")
    for path in re.findall(r"\s(/etc/\S+);", server):
        server = server.replace(path, str(work / pathlib.Path(path).name))
    assert "/etc/" not in server and "10606" in server
    server = server.replace("10616", f"127.0.0.1:{port}").replace("10606", str(watched.ports[0]))
    temporary = "".join(f"{name}_temp_path {work}/{name};\n" for name in
        ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (work / "nginx.conf").write_text(f"daemon off;\nmaster_process off;\npid {work}/pid;\nerror_log {work}/error.log;\n"
        f"events {{}}\nhttp {{\naccess_log off;\n{temporary}{server}}}\n")
    watched.start("nginx", "-p", work, "-e", work / "error.log", "-c", work / "nginx.conf", stderr=subprocess.DEVNULL)
    url = f"https://127.0.0.1:{port}"
    wait_until(lambda: get(f"{url}/metrics")[0] is not None, "nginx answers")
    good = "Basic " + base64.b64encode(b"prometheus:secret").decode()
    bad = "Basic " + base64.b64encode(b"prometheus:guess").decode()
    check("the page's nginx asks for a password", get(f"{url}/metrics")[0] == 401)
    check("... and takes no other one", get(f"{url}/metrics", Authorization=bad)[0] == 401)
    status, text = get(f"{url}/metrics", Authorization=good, Accept="application/openmetrics-text")
    check("... and with it serves the metrics, by TLS", status == 200 and text.endswith("# EOF\n"), (status, text))
    check("... nothing else", get(f"{url}/", Authorization=good)[0] == 404)
    check("... not without TLS", get(f"http://127.0.0.1:{port}/metrics", Authorization=good)[0] == 400)


# --- the picture

def series_of(watched, panel, begin, end):
    for target in panel["targets"]:
        data = watched.ask("query_range", query=filled_in(target["expr"]), start=begin, end=end, step=1)
        for one in data["result"]:
            labels = {**one["metric"], "instance": "node%d" % (1 + watched.ports.index(
                int(one["metric"]["instance"].rpartition(":")[2])))}
            name = re.sub(r"\{\{(\w+)\}\}", lambda match, labels=labels: labels.get(match[1], ""), target["legendFormat"])
            yield name.strip(), [(t - begin, float(v)) for t, v in one["values"] if math.isfinite(float(v))]


UNITS = {"watt": ("W", 1), "Bps": ("GB/s", 1e9), "hertz": ("GHz", 1e9), "percentunit": ("%", 0.01), "celsius": ("°C", 1),
         "none": ("", 1)}


def tics_for(top):
    """Three to six of them, at round numbers."""
    size = 10 ** math.floor(math.log10(top))
    return next(size * step for step in (0.2, 0.5, 1, 2) if top / (size * step) <= 6)


def draw(watched, begin, end):
    panels = panels_of(json.loads(DASHBOARD.read_text()))
    rows = (len(panels) + 1) // 2
    lines = [f"set terminal svg size 900,{180 * rows} font 'sans,11' background '#ffffff'", f"set output '{PICTURE}'",
        "set multiplot layout %d,2" % rows, "set grid lc rgb '#dddddd'", "set border lc rgb '#999999'",
        "set tics textcolor rgb '#333333'", f"set xrange [0:{end - begin:.0f}]", "set format x '%g s'",
        "set key below horizontal font ',9' samplen 2"]
    for panel in panels:
        unit, factor = UNITS[panel["fieldConfig"]["defaults"]["unit"]]
        series = list(series_of(watched, panel, begin, end))
        top = max((v for _, values in series for _, v in values), default=0) / factor
        title = panel["title"] + (f" ({unit})" if unit else "")
        lines += [f"set title '{title}' font ',12'", f"set yrange [0:{1.15 * top or 1:.6g}]",
            f"set ytics {tics_for(1.15 * top or 1):g}"]
        plots = []
        for i, (name, values) in enumerate(series):
            lines += [f"$d{i} << EOD", *(f"{t:.1f} {v / factor:.6g}" for t, v in values), "EOD"]
            plots.append(f"$d{i} with lines lw 1.5 lt {i + 1} title '{name}'")
        lines.append("plot " + ", ".join(plots))
    lines.append("unset multiplot")
    subprocess.run(["gnuplot"], input="\n".join(lines) + "\n", text=True, check=True)


def main():
    what, build, work = sys.argv[1], pathlib.Path(sys.argv[2]).resolve(), pathlib.Path(sys.argv[3])
    with Watched(build, work) as watched:
        watched.start_node(FIXTURE, "--instructions")
        watched.start_node(with_phases(work), "--instructions")
        watched.start_prometheus()
        watched.wait_for_nodes()
        if what == "picture":
            begin = time.time() - 2
            time.sleep(PICTURE_S)
            draw(watched, begin, time.time() - 2)
            return 0
        check_files(watched)
        check_dashboard(watched)
        check_textfile(watched)
        check_proxy(watched)
        check_prometheus(watched)
    return n_failed != 0


sys.exit(main())
