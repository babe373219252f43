"""The example files come out as their tables say, and the JSON lines as the contract says."""
import json
import sys
import unittest

from harness import ROOT, ServerTest, raw_file, wirefold

TESTDATA = ROOT / 'tests/testdata'
INGEST_KEYS = ['path', 'item', 'outcome', 'id', 'story_id', 'representative_id', 'relation',
               'matched_id', 'jaccard', 'containment', 'score', 'related', 'reason']
NORMALIZE_KEYS = ['path', 'item', 'format', 'title', 'url', 'url_key', 'published_at', 'language',
                  'text', 'authors', 'dateline', 'images', 'links', 'error']
# Behind those of the contract.
NORMALIZE_FURTHER_KEYS = ['charset', 'replaced_bytes', 'warnings']
URL_KEYS = ['input', 'url', 'url_key', 'error']


def table(name):
    """The rows of a table of the example files, each a dictionary."""
    with open(TESTDATA / name, encoding='utf8') as rows:
        header = next(rows).rstrip('\n').split('\t')
        return [dict(zip(header, row.rstrip('\n').split('\t'))) for row in rows]


def ordered(line):
    return json.loads(line, object_pairs_hook=list)


class Examples(ServerTest):
    def test_articles_come_out_as_their_table_says_and_are_known_the_second_time(self):
        server = self.serve()
        rows = table('articles.tsv')
        for row, line in zip(rows, server.json('ingest', TESTDATA / 'articles'), strict=True):
            with self.subTest(row['file']):
                self.assertEqual(line['path'], str(TESTDATA / 'articles' / row['file']))
                self.assertEqual(line['outcome'], row['outcome'])
                self.assertEqual(line['relation'] or '', row['relation'])
        stored = server.stats()['stored']
        again = server.json('ingest', TESTDATA / 'articles')
        self.assertEqual({line['outcome'] for line in again}, {'UNCHANGED'})
        self.assertEqual(server.stats()['stored'], stored)

    def test_bad_files_come_out_as_their_table_says_in_any_order(self):
        server = self.serve()
        rows = table('bad.tsv')
        for turn, order in enumerate([rows, rows[::-1]]):
            paths = [TESTDATA / 'bad' / row['file'] for row in order]
            for row, line in zip(order, server.json('ingest', *paths, code=2), strict=True):
                with self.subTest(row['file'], turn=turn):
                    accepted = row['outcome'] != 'REJECTED'
                    want = 'UNCHANGED' if turn and accepted else row['outcome']
                    self.assertEqual(line['outcome'], want)
                    self.assertEqual(line['reason'] or '', row['reason'])
                    self.assertEqual(line['id'] is not None, accepted)

    def test_normalize_rejects_the_same_files_for_the_same_reasons(self):
        rows = table('bad.tsv')
        done = wirefold('normalize', '--json', TESTDATA / 'bad')
        self.assertEqual(done.returncode, 2)
        for row, text in zip(rows, done.stdout.splitlines(), strict=True):
            line = json.loads(text)
            self.assertEqual((line['error'] or '').partition(':')[0], row['reason'], row['file'])


class Contract(ServerTest):
    def lines(self, done, keys):
        parsed = []
        for line in done.stdout.decode('utf8').splitlines():
            self.assertEqual([key for key, _ in ordered(line)], keys)
            parsed.append(json.loads(line))
        return parsed

    def test_ingest_lines(self):
        server = self.serve()
        text = ['The ferry crosses the strait twice a day and carries the post to the islands.',
                'Its captain retires this summer after forty years at the wheel of the old ship.']
        self.write('in/b/2.txt', raw_file(2000, 'https://two.example/a', 'Ferry', *text))
        self.write('in/a.txt', raw_file(1000, 'https://one.example/a', 'Ferry', *text))
        self.write('in/c.txt', '')
        done = server.run('ingest', '--json', str(self.place / 'in') + '/')
        self.assertEqual(done.returncode, 2, done.stderr)
        first, copy, rejected = self.lines(done, INGEST_KEYS)
        self.assertEqual([line['path'] for line in (first, copy, rejected)],
                         [f'{self.place}/in/{name}' for name in ('a.txt', 'b/2.txt', 'c.txt')])
        self.assertEqual({line['item'] for line in (first, copy, rejected)}, {0})
        own = first['id']
        self.assertEqual([first['outcome'], first['story_id'], first['representative_id']],
                         ['NEW', own, own])
        nothing = ['relation', 'matched_id', 'jaccard', 'containment', 'score', 'reason']
        self.assertEqual([first[key] for key in nothing], [None] * 6)
        self.assertEqual(first['related'], [])
        self.assertNotEqual(copy['id'], own)
        self.assertEqual([copy[key] for key in INGEST_KEYS[4:11]],
                         [own, own, 'EXACT', own, 1.0, 1.0, 1.0])
        self.assertEqual(rejected['reason'], 'EMPTY_FILE')
        self.assertEqual([rejected[key] for key in INGEST_KEYS[3:11]], [None] * 8)

    def test_paths_are_joined_as_they_were_given(self):
        server = self.serve()
        self.write('in/a.txt', raw_file(1000, 'https://one.example/a', 'A', 'some text'))
        for argument in ('in', 'in/', './in', 'in/a.txt'):
            done = server.run('ingest', '--json', argument, cwd=self.place)
            path = self.lines(done, INGEST_KEYS)[0]['path']
            self.assertEqual(path, argument if argument.endswith('txt')
                             else argument.rstrip('/') + '/a.txt')

    def test_odd_names_are_told_apart_or_marked(self):
        server = self.serve()
        content = raw_file(1000, 'https://one.example/a', 'A', 'some text').encode()
        names = [b'a b.txt', b'new\nline.txt', b'quote".txt', b'bad\xff.txt', '第一.txt'.encode()]
        (self.place / 'odd').mkdir()
        for name in names:
            with open(bytes(self.place / 'odd') + b'/' + name, 'wb') as file:
                file.write(content)
        done = server.run('ingest', '--json', 'odd', cwd=self.place)
        self.assertEqual([line['path'] for line in self.lines(done, INGEST_KEYS)],
                         ['odd/' + name.decode('utf8', 'replace') for name in sorted(names)])

    def test_normalize_lines(self):
        self.write('a.txt', raw_file(1693908902000, 'http://www.one.example//a?utm_source=x', 'A',
                                     'The ferry crosses the strait twice a day.'))
        self.write('b.txt', 'mere words without any frame')
        self.write('c.txt', b'\0' * 100)
        done = wirefold('normalize', '--json', 'a.txt', 'b.txt', 'c.txt', 'none', cwd=self.place)
        self.assertEqual(done.returncode, 2)
        a, b, c, none = self.lines(done, NORMALIZE_KEYS + NORMALIZE_FURTHER_KEYS)
        self.assertEqual([a[key] for key in NORMALIZE_KEYS[1:9]],
                         [0, 'dump', 'A', 'http://www.one.example//a', 'one.example/a',
                          '2023-09-05T10:15:02.000Z', 'en',
                          'The ferry crosses the strait twice a day.'])
        self.assertEqual([a[key] for key in NORMALIZE_KEYS[9:]], [[], None, [], [], None])
        self.assertEqual([a[key] for key in NORMALIZE_FURTHER_KEYS], ['UTF-8', 0, []])
        self.assertEqual([b[key] for key in ('format', 'url', 'url_key', 'published_at')],
                         ['text', None, None, None])
        for line, reason in ((c, 'NOT_TEXT: '), (none, 'UNREADABLE: ')):
            self.assertEqual([line[key] for key in NORMALIZE_KEYS[2:13]], [None] * 11)
            self.assertTrue(line['error'].startswith(reason), line)

    def test_url_lines(self):
        done = wirefold('url', '--json', '--base', 'https://www.one.example/x/', '-',
                        input='HTTP://WWW.Two.example:80/a b?b=2&a=1#f\n../y\nmailto:a@b\n'.encode())
        self.assertEqual(done.returncode, 2)
        full, relative, bad = self.lines(done, URL_KEYS)
        self.assertEqual([full[key] for key in URL_KEYS],
                         ['HTTP://WWW.Two.example:80/a b?b=2&a=1#f',
                          'http://www.two.example/a%20b?b=2&a=1', 'two.example/a%20b?a=1&b=2', None])
        self.assertEqual([relative['url'], relative['url_key']],
                         ['https://www.one.example/y', 'one.example/y'])
        self.assertEqual([bad['url'], bad['url_key'], bad['error'].partition(':')[0]],
                         [None, None, 'UNSUPPORTED_SCHEME'])


if __name__ == '__main__':
    unittest.main(verbosity=2, argv=sys.argv)
