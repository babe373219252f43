"""What the black-box tests share: a daemon on a folder of its own, the command, a temporary place.

The programs' folder comes in WIREFOLD_BIN (CTest sets it). Servers listen on a free port of
127.0.0.1, and every process that a test starts is ended by its own ID when the test ends.
"""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get('WIREFOLD_BIN', ROOT / 'build/release/bin'))
READY_S = 120


class Server:
    """A wirefoldd on `folder`; `start` returns once it serves."""
    listen = '127.0.0.1:0'

    def __init__(self, folder, *flags):
        self.folder = pathlib.Path(folder)
        self.flags = flags
        self.process = None
        self.address = None
        self.log_path = self.folder.parent / (self.folder.name + '.log')

    def start(self):
        log = open(self.log_path, 'ab')
        begin = self.log_path.stat().st_size
        self.process = subprocess.Popen(
            [BIN / 'wirefoldd', '--listen', self.listen, '--data-dir', self.folder, *self.flags],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=clean_environment())
        log.close()
        deadline = time.monotonic() + READY_S
        while time.monotonic() < deadline:
            text = self.log_path.read_bytes()[begin:].decode('utf8', 'replace')
            ready = re.search(r'\bready\b.*\baddress=(\S+)', text)
            if ready:
                self.address = ready.group(1)
                return self
            if self.process.poll() is not None:
                raise AssertionError(f'wirefoldd ended with {self.process.returncode}:\n{text}')
            time.sleep(0.02)
        raise AssertionError(f'wirefoldd was not ready within {READY_S} s:\n{text}')

    def signal(self, number):
        self.process.send_signal(number)
        return self.process.wait(timeout=120)

    def stop(self):
        return self.signal(signal.SIGTERM)

    def kill(self):
        return self.signal(signal.SIGKILL)

    def close(self):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def log(self):
        return self.log_path.read_text(errors='replace')

    # The command against this server.
    def run(self, *arguments, **more):
        return wirefold('--server', self.address, *arguments, **more)

    def popen(self, *arguments, **more):
        return subprocess.Popen([BIN / 'wirefold', '--server', self.address, *arguments],
                                env=clean_environment(), **more)

    def json(self, *arguments, **more):
        """The JSON lines that the command prints; it must succeed unless `code` says otherwise."""
        code = more.pop('code', 0)
        done = self.run(*arguments, '--json', **more)
        assert done.returncode == code, f'{arguments}: exit {done.returncode}\n{done.stderr.decode()}'
        return [json.loads(line) for line in done.stdout.splitlines()]

    def stats(self):
        return self.json('stats')[0]


def clean_environment():
    return {name: value for name, value in os.environ.items() if not name.startswith('WIREFOLD_')}


def wirefold(*arguments, **more):
    return subprocess.run([BIN / 'wirefold', *map(str, arguments)], capture_output=True,
                          env=clean_environment(), timeout=900, **more)


def raw_file(time_ms, url, title, *paragraphs):
    body = ''.join(f'<p>{paragraph}</p>' for paragraph in paragraphs)
    return f'<!--{time_ms}-->\n[{title}]({url})\n------\n\n<div>{body}</div>\n'


class ServerTest(unittest.TestCase):
    """A test with a temporary folder; what it starts through `serve` is ended with it."""

    def setUp(self):
        self.place = pathlib.Path(tempfile.mkdtemp(prefix='wirefold-test-'))
        self.addCleanup(shutil.rmtree, self.place, ignore_errors=True)

    def serve(self, *flags, folder='data'):
        server = Server(self.place / folder, *flags)
        self.addCleanup(server.close)
        return server.start()

    def write(self, name, content):
        path = self.place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path
