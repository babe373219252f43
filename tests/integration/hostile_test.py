"""Files and arguments made to do harm: no crash, no hang, clear messages, one line a file."""
import json
import os
import subprocess
import time
import unittest

from harness import BIN, ServerTest, clean_environment, raw_file, wirefold

LIMIT = 8 << 20
HEAD = '<!--1693908902000-->\n[t](https://hostile.example/{name})\n------\n\n'

# Bodies behind a sound head; each is cut at the limit.
BODIES = {
    'a link in each of a million': '<a href=/x>' * 1_000_000,
    'a long attribute': '<p class="' + 'a' * (5 << 20) + '">x</p>',
    'a million entities': '&amp;' * 1_000_000,
    'attributes': '<p ' + ' '.join(f'a{i}=1' for i in range(700_000)) + '>x</p>',
    'bidi': '\u202e\u2066\u200f text ' * 300_000,
    'combining marks': 'a' + '\u0301\u0316' * (2 << 20),
    'combining marks in pairs': 'a\u0301\u0316' * 1_000_000,
    'comments': '<!--' * (2 << 20),
    'dates': '<p>2024-01-01 12:12</p>' * 300_000,
    'deep nests': '<div>' * 100_000 + 'text' + '</div>' * 100_000,
    'endless number': '&#' + '9' * LIMIT,
    'jamo': '\u1100\u1161' * 1_000_000,
    'less than': '<' * LIMIT,
    'lone surrogates': '&#xD800;text&#xDFFF;' * 100_000,
    'nulls': 'some text \0 ' * 1000,
    'one letter': 'a' * LIMIT,
    'one word': '海' * (LIMIT // 3),
    'paragraphs': '<p>a' * (LIMIT // 4),
    'scripts': '<script><!--<script>' * (LIMIT // 20),
    'tables': '<table><tr><td>' * (LIMIT // 15),
    'words': 'ab ' * (LIMIT // 3),
    'zero width': '\u200b' * (LIMIT // 3),
}
# Whole files: name to content and outcome.
FILES = {
    'brackets': ('<!--1-->\n' + '[' * (LIMIT - 100), 'REJECTED'),
    'dashes': ('-' * LIMIT, 'REJECTED'),
    'line ends': ('\r' * LIMIT, 'REJECTED'),
    'link of megabytes': (f'<!--1-->\n[t](https://h.example/{"x" * (5 << 20)})\n------\n\nx', 'REJECTED'),
    'links that never end': ('<!--1-->\n' + '[a](' * (LIMIT // 4 - 10), None),
    'random': (os.urandom(LIMIT), 'REJECTED'),
    'time of megabytes': ('<!--' + '9' * (5 << 20) + '-->\n[t](https://h.example/t)\n------\n\nx', 'NEW'),
    'time that overflows': ('<!---9223372036854775809-->\n[t](https://h.example/o)\n------\n\nx', 'NEW'),
    'title of marks': ('<!--1-->\n[a' + '\u0301\u0316' * 500_000 + '](https://h.example/m)\n------\n\nx',
                       'NEW'),
    'title of megabytes': ('<!--1-->\n[' + '标题' * 1_000_000 + '](https://h.example/l)\n------\n\nx', 'NEW'),
}


class Hostile(ServerTest):
    def write_all(self):
        names = {}
        for name, body in BODIES.items():
            head = HEAD.format(name=name.replace(' ', '-')).encode()
            names[f'in/{name}'] = None
            self.write(f'in/{name}', (head + body.encode())[:LIMIT])
        for name, (content, outcome) in FILES.items():
            names[f'in/{name}'] = outcome
            self.write(f'in/{name}', content)
        return names

    def test_hostile_files_are_answered_in_time_and_the_server_lives(self):
        server = self.serve()
        names = self.write_all()
        begin = time.monotonic()
        lines = server.json('ingest', 'in', code=2, cwd=self.place)
        self.assertLess(time.monotonic() - begin, 60)
        self.assertEqual([line['path'] for line in lines], sorted(names))
        for line in lines:
            if names[line['path']]:
                self.assertEqual(line['outcome'], names[line['path']], line)
        again = server.json('ingest', 'in', code=2, cwd=self.place)
        self.assertEqual([line['id'] for line in again], [line['id'] for line in lines])
        self.assertLessEqual({line['outcome'] for line in again}, {'UNCHANGED', 'REJECTED'})
        self.assertEqual(server.stop(), 0)

    def test_what_cannot_be_read_is_named_and_the_rest_goes_on(self):
        server = self.serve()
        self.write('a', raw_file(1, 'https://one.example/a', 'A', 'x'))
        os.symlink('nowhere', self.place / 'dangling')
        lines = server.json('ingest', 'none', 'a', 'dangling', '', 'a/b', code=2, cwd=self.place)
        self.assertEqual([(line['path'], line['reason']) for line in lines],
                         [('none', 'UNREADABLE'), ('a', None), ('dangling', 'UNREADABLE'),
                          ('', 'UNREADABLE'), ('a/b', 'UNREADABLE')])
        (self.place / 'empty').mkdir()
        self.assertEqual(server.json('ingest', self.place / 'empty'), [])
        for arguments in ([], ['--streams', '0'], ['--streams', '65'], ['--streams', 'x'],
                          ['--files-from', self.place], ['--files-from', self.place / 'none'],
                          ['--files-from', '-', 'a'], ['-', '-'], ['--url', 'https://x', 'a', 'b'],
                          ['--observed-time', 'now', self.place / 'a']):
            done = server.run('ingest', *arguments, stdin=subprocess.DEVNULL)
            self.assertEqual(done.returncode, 1, arguments)
            self.assertTrue(done.stderr, arguments)

    def shell(self, server, script):
        return subprocess.run(['/bin/sh', '-c', script, 'sh', BIN / 'wirefold'], cwd=self.place,
                              env={**clean_environment(), 'WIREFOLD_SERVER': server.address},
                              capture_output=True, timeout=30)

    def test_streams_that_are_closed_or_full(self):
        server = self.serve()
        for i in range(2000):
            self.write(f'in/{i}', raw_file(i, f'https://one.example/{i}', 'A', 'x'))
        done = self.shell(server, '"$1" ingest --json - <&-')
        self.assertEqual(done.returncode, 2)
        self.assertEqual(json.loads(done.stdout)['reason'], 'UNREADABLE')
        self.assertIn(b'Bad file descriptor', done.stderr)
        done = self.shell(server, '"$1" ingest --json in >&-')
        self.assertEqual(done.returncode, 1)
        self.assertIn(b'Bad file descriptor', done.stderr)
        for command in ('ingest --json in', 'list', 'normalize --json in', 'url --json a', 'stats'):
            done = self.shell(server, f'"$1" {command} > /dev/full')
            self.assertEqual(done.returncode, 1, command)
            self.assertIn(b'cannot write', done.stderr)
        done = self.shell(server, '"$1" list --limit 0 --json | head -n 1')
        self.assertEqual(len(done.stdout.splitlines()), 1)

    def test_many_streams(self):
        server = self.serve()
        for i in range(3000):
            self.write(f'in/{i:04}', raw_file(i, f'https://one.example/{i}', 'A', f'text {i}'))
        lines = server.json('ingest', '--streams', '64', self.place / 'in')
        self.assertEqual([line['path'][-4:] for line in lines], [f'{i:04}' for i in range(3000)])
        self.assertEqual({line['outcome'] for line in lines}, {'NEW'})

    def test_servers_that_are_none(self):
        for address in ('', 'x', '127.0.0.1:1', '127.0.0.1:99999', 'nowhere.invalid:7070'):
            done = wirefold('--server', address, '--connect-timeout', '1', 'stats')
            self.assertEqual(done.returncode, 1)
            self.assertIn(b'wirefold: ', done.stderr)


if __name__ == '__main__':
    unittest.main(verbosity=2)
