"""Raw files (keep-raw), through the command: as they came, over restarts, crashes and settings."""
import hashlib
import json
import signal
import subprocess
import time
import unittest

from harness import ROOT, ServerTest, raw_file, wirefold

TESTDATA = ROOT / 'tests/testdata'
MIB = 1 << 20


def text(number, words=250):
    """Words that no other number has, most of which are common to many."""
    state = hashlib.sha256(str(number).encode()).digest()
    picked = []
    for i in range(words):
        at = state[i % 32] * 31 + i * number
        picked.append(f'word{at % 4000:04}')
    return ' '.join(picked)


def page(number):
    frame = ''.join(f'<div class="frame-of-every-page part-{n}"><a href="https://www.site.example/'
                    f'section/{n}">Section number {n} of the newspaper</a></div>' for n in range(20))
    return (f'<!--{1_600_000_000_000 + number}-->\n[Title {number}](https://www.site.example/news/'
            f'{number}.html)\n------\n\n<article><p>{text(number)}</p>{frame}</article>\n').encode()


class Raw(ServerTest):
    def raw(self, server, key, *more):
        done = server.run('get', '--raw', *more, key)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def not_kept(self, server, key, reason=b'RAW_NOT_KEPT'):
        done = server.run('get', '--raw', key)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stdout, b'')
        self.assertIn(reason, done.stderr)

    def test_files_come_back_as_they_came_and_give_the_same_article_again(self):
        server = self.serve('--keep-raw')
        lines = server.json('ingest', '--source', 'crawler', TESTDATA / 'articles')
        newest = {}
        for line in lines:
            if line['outcome'] in ('NEW', 'DUPLICATE', 'REVISION'):
                newest[line['id']] = line['path']
        self.assertGreater(len(newest), 5)
        for id, path in newest.items():
            raw = self.raw(server, id)
            with open(path, 'rb') as file:
                self.assertEqual(raw, file.read())
            again, = map(json.loads, wirefold('normalize', '--json', self.write('again', raw))
                         .stdout.splitlines())
            stored, = server.json('get', id)
            for field in ('title', 'url', 'url_key', 'text', 'language', 'authors', 'dateline'):
                self.assertEqual(again[field], stored[field], field)
            told, = server.json('get', '--raw', id)
            self.assertEqual([told['id'], told['bytes'], told['source'], told['url']],
                             [id, len(raw), 'crawler', None])
            self.assertIn(told['text_hash'], told['text_hashes'])
            # By URL too.
            self.assertEqual(self.raw(server, stored['url']), raw)

    def test_items_of_feeds_and_warc_files_have_what_was_received_for_them(self):
        server = self.serve('--keep-raw')
        for line in server.json('ingest', TESTDATA / 'warc/pages.warc', code=2):
            if line['outcome'] != 'NEW':
                continue
            told, = server.json('get', '--raw', line['id'])
            self.assertTrue(told['url'].startswith('http'), told)
            self.assertTrue(told['observed_time'].startswith('20'), told)
            self.assertEqual(told['bytes'], len(self.raw(server, line['id'])))
        for line in server.json('ingest', TESTDATA / 'feeds/01-rss20.xml'):
            raw = self.raw(server, line['id'])
            self.assertIn(b'<feed', raw)
            # It is a feed of that one entry, and is known again.
            again, = server.json('ingest', self.write('item.xml', raw))
            self.assertEqual([again['outcome'], again['id']], ['UNCHANGED', line['id']])

    def test_any_bytes_and_the_largest_file(self):
        server = self.serve('--keep-raw')
        head = raw_file(1000, 'https://one.example/large', 'Large', text(1)).encode()
        for name, bytes_ in {'largest': head + b'<!--' + b'\n' * (8 * MIB - len(head) - 4),
                             'mixed': b'\xef\xbb\xbf' + raw_file(
                                 1000, 'https://one.example/mixed', 'M', text(2)).encode()
                             + b'\r\n\xff\xfe\r'}.items():
            line, = server.json('ingest', self.write(name, bytes_))
            self.assertEqual(line['outcome'], 'NEW')
            self.assertTrue(self.raw(server, line['id']) == bytes_, name)

    def test_older_texts_by_their_hash(self):
        server = self.serve('--keep-raw')
        url = 'https://one.example/1'
        files = [raw_file(1000 + n, url, 'T', text(n)).encode() for n in range(3)]
        for n in (1, 2, 0):
            line, = server.json('ingest', self.write(f'{n}', files[n]))
        told, = server.json('get', '--raw', line['id'])
        self.assertEqual(len(told['text_hashes']), 3)
        self.assertEqual(self.raw(server, line['id']), files[2])
        for hash, n in zip(told['text_hashes'], (1, 2, 0)):
            self.assertEqual(self.raw(server, line['id'], '--text-hash', hash), files[n])
        done = server.run('get', '--raw', '--text-hash', '0' * 32, line['id'])
        self.assertIn(b'RAW_NOT_KEPT', done.stderr)
        done = server.run('get', '--raw', '--text-hash', 'x', line['id'])
        self.assertIn(b'INVALID_ARGUMENT', done.stderr)

    def test_off_then_on_then_off(self):
        server = self.serve()
        before, = server.json('ingest', self.write('1', page(1)))
        self.not_kept(server, before['id'])
        self.not_kept(server, '01ARZ3NDEKTSV4RRFFQ69G5FAV', b'NOT_FOUND')
        self.assertEqual(server.stats()['stored']['raw_files'], 0)
        server.stop()
        server.flags = ('--keep-raw',)
        server.start()
        kept, = server.json('ingest', self.write('2', page(2)))
        self.not_kept(server, before['id'])
        server.stop()
        server.flags = ('--keep-raw=false',)
        server.start()
        after, = server.json('ingest', self.write('3', page(3)))
        self.assertEqual(self.raw(server, kept['id']), page(2))
        self.not_kept(server, after['id'])
        stored = server.stats()['stored']
        self.assertEqual([stored['articles'], stored['raw_files'], stored['raw_bytes']],
                         [3, 1, len(page(2))])
        self.assertEqual(server.stop(), 0)

    def test_a_dictionary_is_trained_on_the_way_and_everything_is_read_after_crashes(self):
        server = self.serve('--keep-raw')
        files = {}

        def ingest(first, count):
            for n in range(first, first + count):
                self.write(f'in{first}/{n:05}', page(n))
            lines = server.json('ingest', self.place / f'in{first}')
            for n, line in enumerate(lines):
                files[line['id']] = page(first + n)

        def ratio(before):
            after = server.stats()['stored']
            return ((after['raw_stored_bytes'] - before['raw_stored_bytes'])
                    / (after['raw_bytes'] - before['raw_bytes']))

        begin = server.stats()['stored']
        ingest(0, 350)
        without = ratio(begin)
        self.assertLess(server.stats()['stored']['raw_bytes'], 2 * MIB)
        ingest(1000, 300)  # the first window ends
        deadline = time.monotonic() + 60
        first = 2000
        while True:
            before = server.stats()['stored']
            ingest(first, 100)
            if ratio(before) < without * 0.9:
                break
            self.assertLess(time.monotonic(), deadline, (ratio(before), without))
            first += 100
        for end in (signal.SIGKILL, signal.SIGTERM):
            server.signal(end)
            server.start()
            before = server.stats()['stored']
            first += 100
            ingest(first, 100)
            self.assertLess(ratio(before), without * 0.9, 'the dictionary is used from the start')
        for id in sorted(files)[::60]:
            self.assertEqual(self.raw(server, id), files[id])
        self.assertEqual(server.stop(), 0)

    def test_killed_while_a_client_streams_nothing_that_was_acknowledged_is_without(self):
        server = self.serve('--keep-raw', '--max-stream-inflight-bytes', '1MiB')
        for n in range(2500):
            self.write(f'in/{n:05}', page(n))
        kept = {}
        for turn in range(3):
            with open(self.place / 'lines', 'wb') as output:
                client = server.popen('ingest', '--json', '--retry-timeout', '1', self.place / 'in',
                                      stdout=output, stderr=subprocess.DEVNULL)
                self.addCleanup(lambda c=client: c.poll() is None and c.kill() or c.wait())
                while server.stats()['outcomes']['new'] < 400 and client.poll() is None:
                    time.sleep(0.01)
            server.kill()
            client.wait(timeout=60)
            for line in (self.place / 'lines').read_bytes().splitlines(keepends=True):
                if line.endswith(b'\n'):
                    line = json.loads(line)
                    if line['outcome'] == 'NEW':
                        kept[line['id']] = int(line['path'][-5:])
            server.start()
            stored = server.stats()['stored']
            self.assertEqual(stored['raw_files'], stored['articles'] + stored['sightings']
                             + stored['revisions'])
            self.assertGreaterEqual(stored['raw_files'], len(kept))
            for id in sorted(kept)[::80]:
                self.assertEqual(self.raw(server, id), page(kept[id]), turn)
        self.assertGreater(len(kept), 0)


if __name__ == '__main__':
    unittest.main(verbosity=2)
