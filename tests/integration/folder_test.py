"""A data folder that cannot be trusted is refused with a message, and left as it was."""
import hashlib
import os
import re
import shutil
import signal
import subprocess
import unittest

from harness import BIN, ServerTest, clean_environment, raw_file


def bytes_of(folder):
    """A hash of every file below a folder, but for RocksDB's messages."""
    return {path.relative_to(folder): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.rglob('*'))
            if path.is_file() and not path.name.startswith('LOG')}


class Folder(ServerTest):
    def start_refused(self, folder, *flags):
        """What a daemon says that must not start on `folder`."""
        done = subprocess.run([BIN / 'wirefoldd', '--listen', '127.0.0.1:0', '--data-dir', folder,
                               *flags], capture_output=True, env=clean_environment(), timeout=60)
        self.assertEqual(done.returncode, 1, done.stderr)
        return done.stderr.decode()

    def store(self):
        """A folder with some articles in tables and some in a log alone."""
        server = self.serve()
        for i in range(300):
            self.write(f'in/{i}', raw_file(1000 + i, f'https://one.example/{i}', f'T{i}',
                                           ' '.join(f'w{i}x{n}' for n in range(50))))
        server.json('ingest', self.place / 'in')
        server.kill()
        server.start()  # recovery writes tables
        self.write('more', raw_file(9000, 'https://one.example/more', 'More', 'more text'))
        server.json('ingest', self.place / 'more')
        server.kill()
        return server.folder

    def refused_and_unchanged(self, folder, reason):
        before = bytes_of(folder)
        said = self.start_refused(folder)
        self.assertIn(f'reason={reason}', said)
        self.assertEqual(bytes_of(folder), before)
        return said

    def test_a_second_daemon_is_refused_and_told_who_has_the_folder(self):
        server = self.serve()
        said = self.start_refused(server.folder)
        self.assertIn('reason=STORE_LOCKED', said)
        self.assertIn(str(server.process.pid), said)
        self.assertEqual(server.run('stats').returncode, 0)
        # A lock left behind by a crash is no obstacle.
        server.kill()
        server.start()
        self.assertEqual(server.stop(), 0)

    def test_damage_is_refused(self):
        sound = self.store()

        def flip(path, at):
            with open(path, 'r+b') as file:
                file.seek(at)
                byte = file.read(1)
                file.seek(at)
                file.write(bytes([byte[0] ^ 0x40]))

        def largest(folder, pattern):
            return max(folder.glob(pattern), key=lambda path: path.stat().st_size)

        damages = {
            'a bit of a table': lambda f: flip(largest(f, '*.sst'), 1000),
            'a table gone': lambda f: largest(f, '*.sst').unlink(),
            'a table cut': lambda f: os.truncate(largest(f, '*.sst'), 100),
            'CURRENT gone': lambda f: (f / 'CURRENT').unlink(),
            'CURRENT of nonsense': lambda f: (f / 'CURRENT').write_text('MANIFEST-999999\n'),
            'CURRENT empty': lambda f: (f / 'CURRENT').write_text(''),
            'a manifest cut': lambda f: os.truncate(largest(f, 'MANIFEST-*'), 100),
            'a manifest empty': lambda f: os.truncate(largest(f, 'MANIFEST-*'), 0),
            'a bit of a manifest': lambda f: flip(largest(f, 'MANIFEST-*'), 200),
            'a bit of a log': lambda f: flip(largest(f, '*.log'), 30),
            'the logs gone': lambda f: [path.unlink() for path in f.glob('*.log')],
        }
        for name, damage in damages.items():
            with self.subTest(name):
                folder = self.place / re.sub(r'\W', '-', name)
                shutil.copytree(sound, folder)
                damage(folder)
                said = self.refused_and_unchanged(folder, 'STORE_CORRUPT')
                self.assertIn('message=', said)
        # The sound one still opens, with all that it had.
        server = self.serve(folder=sound.name)
        self.assertEqual(server.stats()['stored']['articles'], 301)

    def test_other_peoples_folders_are_refused(self):
        foreign = self.place / 'foreign'
        foreign.mkdir()
        (foreign / 'thesis.doc').write_text('years of work')
        self.refused_and_unchanged(foreign, 'INVALID_ARGUMENT')
        file = self.write('file', 'x')
        self.assertIn('message=', self.start_refused(file))
        self.assertEqual(file.read_text(), 'x')
        self.assertIn('message=', self.start_refused(file / 'below'))

    def test_flags_and_settings_that_make_no_sense_are_named(self):
        bad = {'--workers': ['-1', 'x', '', '1e3', '99999999999999999999'],
               '--listen': ['', 'x', '127.0.0.1', ':1', '127.0.0.1:65536', '127.0.0.1:x', '::1:1'],
               '--data-dir': [''], '--log-level': ['loud', ''], '--window-days': ['-1', '36501'],
               '--max-inflight-bytes': ['0', '1', '-1MiB', '1XB', '9999999999TiB'],
               '--max-stream-inflight-bytes': ['1TiB'], '--unread-ack-timeout-ms': ['0'],
               '--log-file': ['/dev/null/log'], '--config': ['/nonexistent', '/dev/null/x']}
        for flag, values in bad.items():
            for value in values:
                with self.subTest(flag, value=value):
                    said = self.start_refused(self.place / 'data', f'{flag}={value}')
                    self.assertIn(flag.strip('-'), said)
        self.assertIn('is a folder', self.start_refused(self.place / 'data', '--config', self.place))
        for text in ('workers = "x"', 'wrokers = 1', '= 1', '[listen]', 'data-dir = 1', '\xff'):
            with self.subTest(config=text):
                config = self.write('bad.toml', text.encode('latin1'))
                self.assertIn('bad.toml', self.start_refused(self.place / 'data', '--config', config))
        self.assertFalse((self.place / 'data').exists(), 'nothing is made before flags are read')

    def test_no_standard_stream_is_mistaken_for_a_file_of_the_store(self):
        folder = self.place / 'data'
        process = subprocess.Popen(
            ['/bin/sh', '-c', 'exec "$@" <&- >&- 2>&-', 'sh', BIN / 'wirefoldd', '--listen',
             f'unix:{self.place}/socket', '--data-dir', folder], env=clean_environment())
        self.addCleanup(lambda: process.poll() is None and process.kill() or process.wait())
        health = subprocess.run([BIN / 'wirefold', '--server', f'unix:{self.place}/socket', 'health',
                                 '--wait', '30'], capture_output=True, env=clean_environment())
        self.assertEqual(health.returncode, 0, health.stderr)
        for number in '012':
            self.assertEqual(os.readlink(f'/proc/{process.pid}/fd/{number}'), '/dev/null')
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(timeout=30), 0)


if __name__ == '__main__':
    unittest.main(verbosity=2)
