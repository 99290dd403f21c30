"""A warren-server of one's own for a test or a measurement: a temporary etc folder, a free loopback port, a clean end.

    with Server("build/debug") as server:
        ... server.url ...

Starting waits for /v1/info. Stopping sends SIGTERM and raises ServerFault unless the process then exits with 0 and no
sanitizer has reported anything; so a leak or a data race fails the test that caused it.
"""
import ctypes, json, os, shutil, signal, socket, subprocess, sys, tempfile, time, urllib.request

CATALOGS = {
    "tpch": {"connector.name": "tpch"},
    "tpchstd": {"connector.name": "tpch", "tpch.column-naming": "STANDARD", "tpch.double-type-mapping": "DECIMAL"},
    "memory": {"connector.name": "memory"},
    "blackhole": {"connector.name": "blackhole"},
}
SANITIZER_MARKS = ("ERROR: AddressSanitizer", "ERROR: LeakSanitizer", "WARNING: ThreadSanitizer", "runtime error:",
                   "AddressSanitizer:DEADLYSIGNAL", "Assertion `")
START_SECONDS, STOP_SECONDS = 60, 60


class ServerFault(Exception):
    """The server did not start, did not stop, or did not stop cleanly."""


def end_with_parent():
    """In the server's process: a test that is killed must not leave its server behind (prctl PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def write_properties(path, properties):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(f"{name}={value}\n" for name, value in properties.items())


def write_etc(folder, port, properties=None, catalogs=None):
    """A Trino configuration folder for a single node on a loopback port."""
    config = {"coordinator": "true", "node-scheduler.include-coordinator": "true",
              "http-server.http.port": port, "discovery.uri": f"http://127.0.0.1:{port}",
              "shutdown.grace-period": "5s"}
    config.update(properties or {})
    write_properties(os.path.join(folder, "config.properties"), config)
    write_properties(os.path.join(folder, "node.properties"),
                     {"node.environment": "test", "node.bind-ip": "127.0.0.1", "node.data-dir": os.path.join(folder, "data")})
    for name, entries in (CATALOGS if catalogs is None else catalogs).items():
        write_properties(os.path.join(folder, "catalog", name + ".properties"), entries)


class Server:
    def __init__(self, build, properties=None, catalogs=None, program=None):
        self.program = program or os.path.join(build, "bin", "warren-server")
        self.properties, self.catalogs = properties, catalogs
        self.folder = self.process = self.url = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, kind, fault, trace):
        try:
            self.stop()
        except ServerFault as stop_fault:
            if kind is None:
                raise
            print(stop_fault, file=sys.stderr)

    def start(self):
        if not os.access(self.program, os.X_OK):
            raise ServerFault(f"there is no program {self.program}")
        self.folder = tempfile.mkdtemp(prefix="warren-test-")
        self.log_path = os.path.join(self.folder, "server.log")
        port = free_port()
        write_etc(os.path.join(self.folder, "etc"), port, self.properties, self.catalogs)
        environment = dict(os.environ)
        environment.setdefault("ASAN_OPTIONS", "detect_leaks=1:abort_on_error=0:exitcode=99")
        environment.setdefault("UBSAN_OPTIONS", "print_stacktrace=1")
        environment.setdefault("TSAN_OPTIONS", "exitcode=99:second_deadlock_stack=1")
        self.started = time.monotonic()
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen([self.program, "--etc-dir", os.path.join(self.folder, "etc")],
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment,
                                            preexec_fn=end_with_parent)
        self.url = f"http://127.0.0.1:{port}"
        try:
            self.wait_until_started()
        except BaseException:
            self.process.kill()
            self.process.wait()
            shutil.rmtree(self.folder, ignore_errors=True)
            raise

    def wait_until_started(self):
        while time.monotonic() < self.started + START_SECONDS:
            if self.process.poll() is not None:
                raise ServerFault(f"the server ended with {self.process.returncode} while starting\n{self.log_tail()}")
            try:
                with urllib.request.urlopen(self.url + "/v1/info", timeout=5) as answer:
                    if json.load(answer).get("starting") is False:
                        return
            except (OSError, ValueError):
                pass
            time.sleep(0.005)
        raise ServerFault(f"the server did not answer within {START_SECONDS} s\n{self.log_tail()}")

    def stop(self):
        """Ask it to end and judge how it did; the temporary folder goes either way."""
        try:
            if self.process.poll() is None:
                self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise ServerFault(f"the server did not end within {STOP_SECONDS} s\n{self.log_tail()}") from None
            text = self.log_text()
            if self.process.returncode != 0 or any(mark in text for mark in SANITIZER_MARKS):
                raise ServerFault(f"the server ended with {self.process.returncode}\n{self.log_tail()}")
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def is_running(self):
        return self.process.poll() is None

    def resident_bytes(self):
        with open(f"/proc/{self.process.pid}/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def log_text(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def log_tail(self):
        """The last lines of the log, or the sanitizer's report from its beginning."""
        text = self.log_text()
        marks = [text.find(mark) for mark in SANITIZER_MARKS if mark in text]
        return text[min(marks):][:6000] if marks else "\n".join(text.splitlines()[-30:])
