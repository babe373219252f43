"""Files of other formats than the dump's, from the command to the stored article: WARC files, feeds,
pages, text, archives and charsets; each article of a file that holds many has its place."""
import functools
import gzip
import http.server
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import threading
import unittest

from harness import BIN, ROOT, ServerTest, clean_environment, raw_file, wirefold

FEEDS = ROOT / 'tests/testdata/feeds'
MIB = 1 << 20
WORDS = ('harbour board traffic quay spring report ferry captain island strait vessel pilot cargo '
         'storm winter engine bridge council signal anchor').split()


def prose(seed, sentences=6):
    """Sentences that no other seed's are like."""
    lines = []
    for i in range(sentences):
        words = [WORDS[(seed * 7 + i * 3 + j * j * (seed % 11 + 2)) % len(WORDS)] for j in range(9)]
        lines.append(f'In case {seed} of {i} the ' + ' '.join(words) + '.')
    return lines


def page(seed, title=None):
    body = ''.join(f'<p>{line}</p>' for line in prose(seed))
    return (f'<!doctype html><html><head><meta charset=utf-8><title>{title or f"Report {seed}"}'
            f'</title></head><body><article>{body}</article></body></html>').encode()


def response(body, content_type='text/html', *headers):
    lines = ['HTTP/1.1 200 OK', f'Content-Type: {content_type}', *headers, '', '']
    return '\r\n'.join(lines).encode() + body


def record(kind, url, block, length=None):
    lines = ['WARC/1.0', f'WARC-Type: {kind}', f'WARC-Target-URI: {url}',
             'WARC-Date: 2024-06-01T08:00:00Z',
             f'Content-Length: {len(block) if length is None else length}', '', '']
    return '\r\n'.join(lines).encode() + block + b'\r\n\r\n'


class Formats(ServerTest):
    def ingest(self, server, *paths, code=0):
        return server.json('ingest', *paths, code=code)

    def known_the_second_time(self, server, *paths, code=0):
        """Sends once more what was stored; nothing is, of what was accepted."""
        stored = server.stats()['stored']
        again = self.ingest(server, *paths, code=code)
        self.assertEqual({line['outcome'] for line in again} - {'REJECTED'}, {'UNCHANGED'})
        self.assertEqual(server.stats()['stored'], stored)

    def test_a_warc_file_gives_its_pages_compressed_and_not(self):
        server = self.serve()
        gbk = '<html><head><meta charset=gbk></head><p>港务局星期四公布了年度报告，吞吐量增加了。'
        feed = ''.join(f'<item><title>Item {i}</title><link>/item/{i}</link><description>'
                       f'{" ".join(prose(70 + i))}</description></item>' for i in range(3))
        chunked = page(3)
        chunked = b'%x\r\n%b\r\n%x\r\n%b\r\n0\r\n\r\n' % (
            100, chunked[:100], len(chunked) - 100, chunked[100:])
        records = [
            record('warcinfo', 'urn:x', b'software: test\r\n'),
            record('request', 'https://warc.example/1', b'GET /1 HTTP/1.1\r\n\r\n'),
            record('response', 'https://warc.example/1', response(page(1))),
            record('response', 'https://warc.example/2',
                   response(gzip.compress(page(2)), 'text/html', 'Content-Encoding: gzip')),
            record('response', 'https://warc.example/3',
                   response(chunked, 'text/html', 'Transfer-Encoding: chunked')),
            record('response', 'https://warc.example/gbk', response(gbk.encode('gbk'))),
            record('response', 'https://warc.example/none', b'HTTP/1.1 404 Not Found\r\n\r\nno'),
            record('response', 'https://warc.example/image', response(b'\x89PNG', 'image/png')),
            record('response', 'https://warc.example/feed',
                   response(f'<rss><channel>{feed}</channel></rss>'.encode(),
                            'application/rss+xml')),
            record('resource', 'https://warc.example/text',
                   ('A heading\n\n' + '\n\n'.join(prose(8))).encode()).replace(
                       b'WARC-Date', b'Content-Type: text/plain\r\nWARC-Date'),
        ]
        wanted = [2, 3, 4, 5, 8, 8, 8, 9]  # the record of each item
        plain = self.write('plain.warc', b''.join(records))
        packed = self.write('packed.warc.gz', b''.join(map(gzip.compress, records)))
        lines = self.ingest(server, plain)
        self.assertEqual({line['outcome'] for line in lines}, {'NEW'})
        self.assertEqual([line['item'] for line in lines], list(range(8)))
        self.assertEqual({line['path'] for line in lines}, {str(plain)})
        self.assertEqual(list(lines[0])[:4], ['path', 'item', 'offset', 'outcome'])
        for offsets, of in ((list(map(len, records)), lines),
                            ([len(gzip.compress(one)) for one in records], None)):
            of = of or self.ingest(server, packed)
            self.assertEqual([line['offset'] for line in of],
                             [sum(offsets[:number]) for number in wanted])
        self.known_the_second_time(server, plain, packed)

        first, = server.json('get', lines[0]['id'])
        self.assertEqual(first['url'], 'https://warc.example/1')
        self.assertEqual(first['title'], 'Report 1')
        self.assertEqual(first['text'], '\n'.join(prose(1)))
        self.assertEqual(first['observed_time'], '2024-06-01T08:00:00.000Z')
        read = [server.json('get', line['id'])[0] for line in lines]
        self.assertEqual(read[3]['text'], '港务局星期四公布了年度报告，吞吐量增加了。')
        self.assertEqual([article['url'] for article in read[4:7]],
                         [f'https://warc.example/item/{i}' for i in range(3)])
        self.assertEqual(read[7]['title'], 'A heading')
        self.assertEqual(read[7]['text'], '\n'.join(prose(8)))

        done = wirefold('normalize', '--json', packed)
        shown = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([line['format'] for line in shown],
                         ['html'] * 4 + ['feed-item'] * 3 + ['text'])
        self.assertEqual([(line['item'], line['url'], line['text']) for line in shown],
                         [(i, article['url'], article['text']) for i, article in enumerate(read)])

    def test_what_is_broken_in_a_warc_file_is_an_error_of_its_own(self):
        server = self.serve()
        bomb = gzip.compress(bytes(64 * MIB))
        huge = record('response', 'https://warc.example/huge', response(b'x' * (8 * MIB + 1)))
        parts = [
            record('response', 'https://warc.example/1', response(page(1))),
            record('response', 'https://warc.example/lie', response(page(90)), length=5),
            record('response', 'https://warc.example/2', response(page(2))),
            record('response', 'https://warc.example/bomb',
                   response(bomb, 'text/html', 'Content-Encoding: gzip')),
            record('response', 'https://warc.example/br',
                   response(b'\x1b\x2f\x00\xf8\x8d\x94' * 50, 'text/html', 'Content-Encoding: br')),
            huge,
            record('response', 'https://warc.example/3', response(page(3))),
            record('response', 'https://warc.example/cut', response(page(91)), length=10 ** 6),
        ]
        path = self.write('broken.warc', b''.join(parts))
        lines = self.ingest(server, path, code=2)
        self.assertEqual([line['reason'] or line['outcome'] for line in lines],
                         ['NEW', 'RECORD_BROKEN', 'NEW', 'DOCUMENT_TOO_LARGE', 'UNSUPPORTED_ENCODING',
                          'DOCUMENT_TOO_LARGE', 'NEW', 'RECORD_BROKEN'])
        self.assertEqual([line['item'] for line in lines], list(range(8)))
        self.assertEqual([line['offset'] for line in lines],
                         [sum(map(len, parts[:i])) for i in range(8)])
        # A damaged member takes itself alone.
        members = [gzip.compress(part) for part in parts[:1] + parts[2:3] + parts[6:7]]
        members[1] = members[1][:-8] + b'\xff' * 4 + members[1][-4:]  # its checksum
        damaged = self.ingest(server, self.write('damaged.warc.gz', b''.join(members)), code=2)
        self.assertEqual([line['reason'] or line['outcome'] for line in damaged],
                         ['UNCHANGED', 'ARCHIVE_BROKEN', 'UNCHANGED'])

    def test_a_large_warc_file_is_never_held_in_memory(self):
        path = self.place / 'large.warc.gz'
        filler = gzip.compress(record('response', 'https://warc.example/image',
                                      response(os.urandom(4 * MIB), 'image/png')), 1)
        with open(path, 'wb') as out:
            out.write(gzip.compress(record('response', 'https://warc.example/1',
                                           response(page(1)))))
            for _ in range(32):
                out.write(filler)
            out.write(gzip.compress(record('response', 'https://warc.example/2',
                                           response(page(2)))))
        program = ('import resource, subprocess, sys; done = subprocess.run(sys.argv[1:]); '
                   'print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, '
                   'file=sys.stderr); sys.exit(done.returncode)')
        done = subprocess.run([sys.executable, '-c', program, BIN / 'wirefold', 'normalize',
                               '--json', path], capture_output=True, env=clean_environment())
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual([json.loads(line)['url'] for line in done.stdout.splitlines()],
                         ['https://warc.example/1', 'https://warc.example/2'])
        self.assertLess(int(done.stderr), 64 * 1024, 'KiB')

    def test_feeds_give_their_items(self):
        server = self.serve()
        lines = self.ingest(server, FEEDS, code=2)
        by_file = {}
        for line in lines:
            by_file.setdefault(pathlib.Path(line['path']).name, []).append(line)
        self.assertEqual(len(by_file), 10)
        for name, items in by_file.items():
            with self.subTest(name):
                self.assertEqual([line['item'] for line in items], list(range(len(items))))
                offsets = [line['offset'] for line in items]
                self.assertEqual(offsets, sorted(set(offsets)))
                # This one's link is relative to an address that the feed does not name.
                alone = ['INVALID_URL'] if name == '06-media.xml' else [None, 'FEED_BROKEN']
                self.assertLessEqual({line['reason'] for line in items}, set(alone))
        raw = (FEEDS / '01-rss20.xml').read_bytes()
        for line in by_file['01-rss20.xml']:
            self.assertEqual(raw[line['offset']:line['offset'] + 6], b'<item>')
        article, = server.json('get', by_file['01-rss20.xml'][0]['id'])
        self.assertEqual(article['title'], 'Harbour & pier open')
        self.assertEqual(article['url'], 'https://news.example/harbour?a=1&b=2')
        self.assertEqual(article['text'], 'The new harbour opened on Saturday & all came.')
        self.assertEqual(article['authors'], ['Ada Fisher'])
        self.assertEqual(article['published_time'], '2024-06-01T06:00:00.000Z')
        chinese, = server.json('get', by_file['08-gb2312.xml'][0]['id'])
        self.assertEqual(chinese['title'], '老茶厂改建为木工作坊')
        media, = server.json('ingest', '--url', 'https://media.example/feed', FEEDS / '06-media.xml')
        self.assertEqual(server.json('get', media['id'])[0]['url'],
                         'https://media.example/relative/1')
        self.known_the_second_time(server, FEEDS, code=2)
        # The same feed, packed and grown by an item, gives the same articles and one more.
        item = '<item><title>Later</title><link>https://news.example/later</link></item></channel>'
        grown = raw.replace(b'</channel>', item.encode())
        outcomes = [line['outcome'] for line in
                    self.ingest(server, self.write('feed.xml.gz', gzip.compress(grown)))]
        self.assertEqual(outcomes, ['UNCHANGED', 'UNCHANGED', 'NEW'])

    def test_pages_text_charsets_and_archives_are_one_article_each(self):
        server = self.serve()
        chinese = '<p>港务局星期四公布了年度报告，吞吐量比去年增加了百分之四。</p>'
        files = {
            'a.html.gz': (gzip.compress(page(20)), 'html'),
            'b.html': (f'<html><meta charset=gb2312>{chinese}'.encode('gbk'), 'html'),
            'c.txt': ('A heading of a text\n\n' + '\n\n'.join(prose(21)), 'text'),
            'd.html': ('\ufeff<html><p>' + ' '.join(prose(22))).encode('utf-16-le'),
            'e.dump': (raw_file(1000, 'https://one.example/a', 'A', *prose(23)).encode(), 'dump'),
        }
        files['d.html'] = (files['d.html'], 'html')
        paths = [self.write(f'in/{name}', content) for name, (content, _) in files.items()]
        lines = self.ingest(server, self.place / 'in')
        self.assertEqual({line['outcome'] for line in lines}, {'NEW'})
        self.assertEqual([line['path'] for line in lines], list(map(str, paths)))
        self.assertFalse(any('offset' in line for line in lines))
        self.assertEqual({line['item'] for line in lines}, {0})
        texts = [server.json('get', line['id'])[0]['text'] for line in lines]
        self.assertEqual(texts, ['\n'.join(prose(20)), re.sub('<.*?>', '', chinese),
                                 '\n'.join(prose(21)), ' '.join(prose(22)), '\n'.join(prose(23))])
        self.known_the_second_time(server, self.place / 'in')
        done = wirefold('normalize', '--json', *paths)
        self.assertEqual([json.loads(line)['format'] for line in done.stdout.splitlines()],
                         [kind for _, kind in files.values()])

    def test_a_charset_that_the_bytes_leave_open_is_taken_from_the_hint(self):
        server = self.serve()
        path = self.write('short.txt', b'<p>\xe0\xf1</p>')
        for kind, text in (('text/html; charset=windows-1251', 'ас'),
                           ('text/html; charset=iso-8859-1', 'àñ')):
            done, = server.json('check', '--content-type', kind, path)
            self.assertEqual(done['article']['text'], text)
        line, = server.json('ingest', '--content-type', kind, path)
        self.assertEqual(server.json('get', line['id'])[0]['text'], text)

    def test_what_a_file_was_decoded_from_is_stored_and_shown(self):
        server = self.serve()
        text = '港务局星期四公布了年度报告，吞吐量比去年增加了百分之四。'.encode('gbk')
        path = self.write('gbk.html', b'<html><meta charset=gbk><p>' + text + b'\xff\xff</p>')
        line, = self.ingest(server, path)
        article, = server.json('get', line['id'])
        self.assertEqual((article['charset'], article['replaced_bytes']), ('GBK', 2))
        self.assertIn('INVALID_UTF8', article['warnings'])
        self.assertIn(b'charset       GBK, 2 bytes replaced\n', server.run('get', line['id']).stdout)
        own = json.loads(wirefold('normalize', '--json', path).stdout)
        self.assertEqual((own['charset'], own['replaced_bytes']), ('GBK', 2))

    def test_a_record_tells_its_language_and_whether_it_is_whole(self):
        server = self.serve()
        short = b'<html><title>Sea</title><p>Tea</p>'
        whole = record('response', 'https://warc.example/whole',
                       response(short, 'text/html', 'Content-Language: nl-BE',
                                f'Content-Length: {len(short)}'))
        cut = record('response', 'https://warc.example/cut',
                     response(page(40), 'text/html', 'Content-Length: 100000'))
        said = record('response', 'https://warc.example/said', response(page(41)))
        said = said.replace(b'WARC-Date', b'WARC-Truncated: length\r\nWARC-Date')
        path = self.write('cut.warc', whole + cut + said)
        done = server.run('ingest', '--json', path)
        self.assertEqual(done.returncode, 0, done.stderr)
        for item, warned in enumerate((False, True, True)):
            told = f'cut.warc item {item}: the archive holds only a part'.encode()
            self.assertEqual(told in done.stderr, warned, done.stderr)
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        articles = [server.json('get', line['id'])[0] for line in lines]
        self.assertEqual(articles[0]['language'], 'nl')
        self.assertEqual(['NOT_WHOLE' in article['warnings'] for article in articles],
                         [False, True, True])
        self.assertEqual({line['outcome'] for line in lines}, {'NEW'})

    def test_hostile_and_damaged_archives_are_refused_and_the_rest_goes_on(self):
        server = self.serve()
        good = gzip.compress(page(30))
        self.write('in/a.gz', gzip.compress(bytes(256 * MIB), 9))
        self.write('in/b.gz', good[:len(good) // 2])
        self.write('in/c.gz', good[:-5] + b'\0' + good[-4:])
        self.write('in/d.gz', gzip.compress(gzip.compress(good)))
        self.write('in/e.warc', b'WARC/1.0\r\n' + b'X: ' + b'y' * MIB)
        self.write('in/f.rss', '<rss><channel></channel></rss>')
        self.write('in/g.gz', good)
        lines = self.ingest(server, self.place / 'in', code=2)
        self.assertEqual([line['reason'] or line['outcome'] for line in lines],
                         ['ARCHIVE_RATIO', 'ARCHIVE_BROKEN', 'ARCHIVE_BROKEN', 'NOT_TEXT',
                          'RECORD_BROKEN', 'NO_CONTENT', 'NEW'])
        several = server.run('check', FEEDS / '01-rss20.xml')
        self.assertEqual(several.returncode, 1)
        self.assertIn(b'holds several articles', several.stderr)

    def test_what_wget_archives_goes_through(self):
        wget = shutil.which('wget')
        if wget is None:
            self.skipTest('wget is not installed')
        site = self.place / 'site'
        names = [f'{i}.html' for i in range(40, 44)]
        for name in names:
            self.write(f'site/{name}', page(int(name[:2])))
        shutil.copy(FEEDS / '01-rss20.xml', site / 'feed.xml')
        self.write('site/picture.png', b'\x89PNG\r\n\x1a\n' + bytes(1000))

        class Quiet(http.server.SimpleHTTPRequestHandler):
            def log_message(self, *_):
                pass

        httpd = http.server.ThreadingHTTPServer(('127.0.0.1', 0),
                                                functools.partial(Quiet, directory=site))
        self.addCleanup(httpd.server_close)
        threading.Thread(target=httpd.serve_forever, daemon=True).start()
        self.addCleanup(httpd.shutdown)
        base = f'http://127.0.0.1:{httpd.server_port}'
        server = self.serve()
        for name, more in (('plain', ['--no-warc-compression']), ('packed', [])):
            subprocess.run([wget, '-q', '--no-proxy', f'--warc-file={self.place / name}', *more,
                            '-O', '/dev/null', *[f'{base}/{one}' for one in names],
                            f'{base}/feed.xml', f'{base}/picture.png'], check=True,
                           env=clean_environment())
        plain = self.ingest(server, self.place / 'plain.warc')
        self.assertEqual([line['item'] for line in plain], list(range(6)))
        self.assertEqual({line['outcome'] for line in plain}, {'NEW'})
        texts = [server.json('get', line['id'])[0]['text'] for line in plain[:4]]
        self.assertEqual(texts, ['\n'.join(prose(int(name[:2]))) for name in names])
        packed = self.ingest(server, self.place / 'packed.warc.gz')
        self.assertEqual({line['outcome'] for line in packed}, {'UNCHANGED'})
        self.assertEqual([line['id'] for line in packed], [line['id'] for line in plain])


if __name__ == '__main__':
    unittest.main(verbosity=2)
