"""What was acknowledged outlives the daemon, however it ends; clients carry on when it is back."""
import contextlib
import json
import signal
import socket
import subprocess
import time
import unittest

from harness import Server, ServerTest, raw_file

FILES = 1800


class FixedPortServer(Server):
    """A server that comes back at the address it had."""

    def __init__(self, folder, *flags):
        with socket.socket() as probe:
            probe.bind(('127.0.0.1', 0))
            self.listen = '127.0.0.1:%d' % probe.getsockname()[1]
        super().__init__(folder, *flags)


class Restart(ServerTest):
    def setUp(self):
        super().setUp()
        # Some of each kind: unique ones, copies of those, and revisions.
        for i in range(FILES):
            story = i // 3 * 3
            host = 'copy' if i % 3 == 1 else 'one'
            text = ' '.join(f's{story}w{n}' for n in range(60)) + (' more' if i % 3 == 2 else '')
            self.write(f'in/{i:05}', raw_file(1_693_872_000_000 + i,
                                              f'https://{host}.example/{story}', f'T{i}', text))

    def paths(self):
        return [f'{self.place}/in/{i:05}' for i in range(FILES)]

    def begin(self, server, *flags, stdin=None):
        """Starts to send everything, or what `stdin` names; the lines arrive in a file."""
        self.output = self.place / 'lines'
        files = [str(self.place / 'in')] if stdin is None else ['--files-from', '-']
        with open(self.output, 'wb') as output, open(self.place / 'errors', 'wb') as errors:
            client = server.popen('ingest', '--json', *flags, *files, stdin=stdin,
                                  stdout=output, stderr=errors)
        self.addCleanup(lambda: client.poll() is None and client.kill() or client.wait())
        return client

    def lines(self):
        """The whole lines so far."""
        return [json.loads(line) for line in self.output.read_bytes().splitlines(keepends=True)
                if line.endswith(b'\n')]

    def wait_for_lines(self, count):
        deadline = time.monotonic() + 60
        while len(self.lines()) < count:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)

    def holds(self, server, lines):
        """Every acknowledged ID is found, and the counts are those of what can be listed."""
        ids = sorted({line['id'] for line in lines if line['id']})
        found = {}
        for at in range(0, len(ids), 500):
            done = server.run('get', '--json', '--view', 'basic', *ids[at:at + 500])
            found.update({article['id']: article
                          for article in map(json.loads, done.stdout.splitlines())})
        self.assertEqual(sorted(set(ids) - set(found)), [], 'acknowledged and not found')
        articles = server.json('list', '--limit', '0')
        stored = server.stats()['stored']
        self.assertEqual(stored['articles'], len(articles))
        return stored, found

    def wait_for_quiet(self, server, *keys):
        """Until the server has none of these at work."""
        deadline = time.monotonic() + 20
        while any(server.stats()['pipeline'][key] for key in keys):
            self.assertLess(time.monotonic(), deadline, server.stats())
            time.sleep(0.05)

    @contextlib.contextmanager
    def paused(self, client, server):
        """A client that is at work sends nothing meanwhile, so that what is counted holds still."""
        client.send_signal(signal.SIGSTOP)
        try:
            self.wait_for_quiet(server, 'files_in_flight')
            yield
        finally:
            client.send_signal(signal.SIGCONT)

    def all_arrived(self, server):
        lines = self.lines()
        self.assertEqual([line['path'] for line in lines], self.paths())
        self.assertEqual({line['outcome'] for line in lines} - {'UNCHANGED'},
                         {'NEW', 'DUPLICATE', 'REVISION'})
        # Whatever the interruption, each story ends as an article, a copy and a second text.
        stored = server.stats()['stored']
        self.assertEqual([stored[key] for key in ('articles', 'sightings', 'revisions')],
                         [FILES // 3] * 3)

    def serve_fixed(self, *flags):
        # So few bytes in flight that the interruptions come in the midst of the files.
        server = FixedPortServer(self.place / 'data', *flags, '--max-stream-inflight-bytes', '1MiB')
        self.addCleanup(server.close)
        return server.start()

    def test_terminated_while_a_client_streams_which_carries_on(self):
        server = self.serve_fixed()
        # It gets the last paths when the daemon is back, so that it can't be done before the signal.
        client = self.begin(server, stdin=subprocess.PIPE)
        self.addCleanup(client.stdin.close)
        client.stdin.write('\n'.join(self.paths()[:-100] + ['']).encode())
        client.stdin.flush()
        self.wait_for_lines(150)
        self.assertEqual(server.stop(), 0)
        self.assertIn('stopped', server.log())
        self.assertIsNone(client.poll(), 'the client should wait for the daemon')
        acknowledged = self.lines()
        server.start()
        with self.paused(client, server):
            self.holds(server, acknowledged)
        client.stdin.write('\n'.join(self.paths()[-100:]).encode())
        client.stdin.close()
        self.assertEqual(client.wait(timeout=60), 0, (self.place / 'errors').read_text())
        self.all_arrived(server)

    def test_killed_again_and_again_while_a_client_streams(self):
        server = self.serve_fixed()
        client = self.begin(server, '--streams', '3')
        for count in (100, 500, 1000):
            self.wait_for_lines(count)
            self.assertEqual(server.kill(), -signal.SIGKILL)
            acknowledged = self.lines()
            server.start()
            with self.paused(client, server):
                self.holds(server, acknowledged)
        self.assertEqual(client.wait(timeout=60), 0, (self.place / 'errors').read_text())
        self.assertEqual(len(self.lines()), FILES)
        stored, found = self.holds(server, self.lines())
        self.assertEqual(stored['articles'] + stored['sightings'], len(found))
        self.assertEqual(stored['revisions'],
                         sum(article['revision_count'] for article in found.values()))

    def test_a_client_goes_on_well_within_its_retry_timeout(self):
        # gRPC notices a refused connection only while somebody waits on the channel, otherwise every
        # five seconds: a client that just sleeps has given up by then.
        server = self.serve_fixed()
        client = self.begin(server, '--retry-timeout', '4')
        for count in (100, 500, 1000):
            self.wait_for_lines(count)
            server.kill()
            server.start()
        self.assertEqual(client.wait(timeout=60), 0, (self.place / 'errors').read_text())
        self.all_arrived(server)

    def test_a_client_gives_up_after_its_time_and_says_how_much_is_left(self):
        server = self.serve_fixed()
        client = self.begin(server, '--retry-timeout', '1')
        self.wait_for_lines(150)
        server.kill()
        self.assertEqual(client.wait(timeout=30), 1)
        errors = (self.place / 'errors').read_text()
        self.assertIn('not acknowledged', errors)
        acknowledged = self.lines()
        server.start()
        self.holds(server, acknowledged)
        # The same command again: what was stored comes back as UNCHANGED.
        again = server.json('ingest', self.place / 'in')
        self.assertEqual({line['outcome'] for line in again[:len(acknowledged)]}, {'UNCHANGED'})
        self.assertEqual([line['id'] for line in again[:len(acknowledged)]],
                         [line['id'] for line in acknowledged])

    def test_a_client_that_is_killed_leaves_a_sound_server(self):
        server = self.serve_fixed()
        client = self.begin(server)
        self.wait_for_lines(150)
        client.kill()
        client.wait()
        self.wait_for_quiet(server, 'streams', 'files_in_flight', 'bytes_in_flight')
        self.holds(server, self.lines())
        self.assertEqual(server.stop(), 0)


if __name__ == '__main__':
    unittest.main(verbosity=2)
