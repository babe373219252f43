"""Reading what is stored, through the command: get, list, story, check, stats, health."""
import unittest

from harness import ServerTest, raw_file

DAY_MS = 86_400_000
START_MS = 1_693_872_000_000  # 2023-09-05T00:00:00Z
UNKNOWN = '01ARZ3NDEKTSV4RRFFQ69G5FAV'


def words(seed, count=120):
    """English-looking text that shares nothing with another seed's."""
    return ' '.join(f'w{seed}x{i * 7919 % 1009}' for i in range(count)) + '.'


class Reading(ServerTest):
    def setUp(self):
        super().setUp()
        self.server = self.serve()

    def ingest(self, name, time_ms, url, text, source='', code=0):
        path = self.write(name, raw_file(time_ms, url, f'Title of {name}', text))
        return self.server.json('ingest', '--source', source, path, code=code)[0]

    def ids(self, *arguments):
        return [article['id'] for article in self.server.json('list', *arguments)]

    def fails(self, reason, *arguments):
        done = self.server.run(*arguments)
        self.assertEqual(done.returncode, 1, arguments)
        self.assertIn(reason.encode(), done.stderr)
        self.assertEqual(done.stdout, b'')

    def test_get_by_id_and_by_url_in_any_spelling(self):
        line = self.ingest('a', START_MS, 'https://www.one.example/n/%E6%96%B0?b=2&a=1', words(1))
        for key in (line['id'], line['id'].lower(),
                    'https://www.one.example/n/%E6%96%B0?b=2&a=1',
                    'http://m.one.example:80//n/%e6%96%b0?a=1&b=2#top',
                    'https://one.example/n/新?a=1&utm_source=x&b=2'):
            article, = self.server.json('get', key)
            self.assertEqual(article['id'], line['id'], key)
        basic, = self.server.json('get', '--view', 'basic', line['id'])
        self.assertNotIn('text', basic)
        self.assertIn('text', self.server.json('get', line['id'])[0])
        for spelling in ('https://one.example/N/新?a=1&b=2', 'https://one.example/n/新'):
            self.fails('NOT_FOUND', 'get', spelling)

    def test_what_is_unknown_or_malformed_is_named(self):
        self.fails('NOT_FOUND', 'get', UNKNOWN)
        self.fails('NOT_FOUND', 'story', UNKNOWN)
        for bad in ('', ' ', 'x', UNKNOWN + '0', UNKNOWN[:-1], '8' + UNKNOWN[1:], '../../etc', 'ü'):
            self.fails('INVALID_ID', 'get', bad)
            self.fails('INVALID_ID', 'story', bad)
        self.fails('UNSUPPORTED_SCHEME', 'get', 'ftp://one.example/')
        self.fails('INVALID_URL', 'get', 'https://')
        broken = b'x\xff'.decode('utf8', 'surrogateescape')
        for arguments in (['get', 'https://one.example/' + broken], ['get', broken],
                          ['story', broken], ['list', '--host', broken],
                          ['list', '--source', broken], ['list', '--language', broken]):
            done = self.server.run(*arguments)
            self.assertEqual(done.returncode, 1)
            self.assertIn(b'UTF-8', done.stderr)
            self.assertNotIn(b'UNIMPLEMENTED', done.stderr)
            self.assertNotIn(b'libprotobuf', done.stderr)

    def test_list_filters_orders_and_pages(self):
        ids = [self.ingest(f'f{i}', START_MS + i * DAY_MS // 2,
                           f'https://www.{"one" if i % 2 else "two"}.example/{i}', words(i),
                           source='odd' if i % 2 else 'even')['id'] for i in range(12)]
        self.assertEqual(sorted(ids), ids)
        self.assertEqual(self.ids(), ids)
        self.assertEqual(self.ids('--descending'), ids[::-1])
        self.assertEqual(self.ids('--limit', '5'), ids[:5])
        self.assertEqual(self.ids('--limit', '0'), ids)
        # From inclusive, to exclusive.
        self.assertEqual(self.ids('--from', '2023-09-06', '--to', '2023-09-07'), ids[2:4])
        self.assertEqual(self.ids('--from', '2023-09-06T00:00:00.001Z', '--to', '2023-09-06T12:00:00Z'),
                         [])
        for name in ('--host', 'one.example'), ('--host', 'www.one.example'), ('--source', 'odd'):
            self.assertEqual(self.ids(*name), ids[1::2], name)
        self.assertEqual(self.ids('--host', 'example'), [])
        self.assertEqual(self.ids('--host', 'one.example', '--source', 'even'), [])
        self.assertEqual(self.ids('--host', 'two.example', '--from', '2023-09-08', '--limit', '2',
                                  '--descending'), ids[10:6:-2])
        for option, value in ('--limit', '-1'), ('--limit', 'x'), ('--view', 'all'):
            self.fails(option, 'list', option, value)
        for option, value in ('--from', 'yesterday'), ('--to', '2023-13-01'):
            self.fails('is no time', 'list', option, value)
        self.fails('INVALID_ARGUMENT', 'list', '--from', '2024-01-02', '--to', '2024-01-01')

    def test_list_by_language(self):
        zh = self.ingest('zh', START_MS, 'https://one.example/zh',
                         '港务局说，停航十四个月的夜间渡轮十二日晚恢复开行，首晚运送旅客三千余人次。')['id']
        en = self.ingest('en', START_MS + 1, 'https://one.example/en',
                         'The ferry crosses the strait twice a day and carries the post.')['id']
        self.assertEqual(self.ids('--language', 'zh'), [zh])
        self.assertEqual(self.ids('--language', 'zh-Hans'), [zh])
        self.assertEqual(self.ids('--language', 'zh-Hant'), [])
        self.assertEqual(self.ids('--language', 'en'), [en])

    def test_more_than_a_page_is_listed_once_each(self):
        for i in range(1100):
            self.write(f'many/{i:04}', raw_file(START_MS + i % 7, f'https://many.example/{i}', 't', 'x'))
        ids = [line['id'] for line in self.server.json('ingest', self.place / 'many')]
        self.assertEqual(self.ids('--limit', '0'), sorted(ids))
        self.assertEqual(self.ids('--limit', '0', '--descending'), sorted(ids, reverse=True))
        self.assertEqual(self.ids('--limit', '1050'), sorted(ids)[:1050])

    def test_a_story_is_found_by_any_member_with_all_copies(self):
        first = self.ingest('a', START_MS, 'https://one.example/a', words(1))
        copies = [self.ingest(f'c{i}', START_MS + i, f'https://copy{i}.example/a', words(1))
                  for i in range(1, 60)]
        self.assertEqual({line['outcome'] for line in copies}, {'DUPLICATE'})
        want = [line['id'] for line in copies]
        for member in (first['id'], want[0], want[-1]):
            story, = self.server.json('story', '--full', member)
            self.assertEqual(story['story_id'], first['id'])
            self.assertEqual(story['representative']['id'], first['id'])
            self.assertEqual([copy['id'] for copy in story['sightings']], want)
            self.assertEqual({copy['text'] for copy in story['sightings']}, {words(1)})
        copy, = self.server.json('get', want[3])
        self.assertEqual([copy['story_id'], copy['relation'], copy['matched_id'], copy['url']],
                         [first['id'], 'EXACT', first['id'], 'https://copy4.example/a'])
        self.assertEqual(self.ids(), [first['id']])

    def test_check_says_what_ingest_would_and_stores_nothing(self):
        first = self.ingest('a', START_MS, 'https://one.example/a', words(1))
        before = self.server.stats()['stored']
        path = self.write('b', raw_file(START_MS, 'https://two.example/a', 'b', words(1)))
        for _ in range(2):
            checked, = self.server.json('check', '--explain', path)
            self.assertEqual([checked['outcome'], checked['relation'], checked['matched_id']],
                             ['DUPLICATE', 'EXACT', first['id']])
        self.fails('NOT_FOUND', 'get', 'https://two.example/a')
        self.assertEqual(self.server.stats()['stored'], before)
        line, = self.server.json('ingest', path)
        self.assertEqual({key: checked[key] for key in line}, line)
        self.assertEqual(self.server.json('check', path)[0]['outcome'], 'UNCHANGED')
        empty = self.write('empty', '')
        self.assertEqual(self.server.json('check', empty, code=2)[0]['reason'], 'EMPTY_FILE')
        self.fails('nothing', 'check', self.place / 'nothing')

    def test_check_explains_what_both_say(self):
        gone = '首班船晚点二十分钟，原因是潮水过低，码头工人不得不另搭跳板。'
        own = '商会欢迎这一决定，并希望票价在年内不再上涨，让更多居民愿意乘船往返两岸。'
        first = self.ingest('a', START_MS, 'https://one.example/a', f'{words(1)}<p>{gone}</p>')
        path = self.write('b', raw_file(START_MS, 'https://two.example/a', 'b',
                                        f'{words(1)}<p>{own}</p>'))
        candidate, = self.server.json('check', '--explain', path)[0]['candidates']
        self.assertEqual([candidate['id'], candidate['relation']], [first['id'], 'NEAR'])
        self.assertTrue(candidate['reason'].startswith('a copy with changes'), candidate['reason'])
        self.assertGreater(candidate['bands'], 0)
        self.assertGreater(candidate['anchors'], 0)
        self.assertEqual(candidate['only_document'], [own])
        self.assertEqual(candidate['only_candidate'], [gone])
        self.assertEqual(candidate['shared_count'], 1)
        self.assertEqual([candidate['only_document_count'], candidate['only_candidate_count']], [1, 1])
        shared, = candidate['shared']
        self.assertEqual(shared['document'], shared['candidate'])
        self.assertTrue(shared['document'].endswith('…'))
        self.assertNotIn('candidates', self.server.json('check', path)[0])
        text = self.server.run('check', '--explain', path).stdout.decode()
        for line in ('    both say:', '    only the file says:', '    only the stored article says:'):
            self.assertIn(line, text.splitlines())

    def test_revisions_keep_their_id_and_serve_the_newest_whatever_the_order(self):
        for turn, order in enumerate([(1, 2, 3), (3, 1, 2), (2, 3, 1)]):
            url = f'https://one.example/{turn}'
            lines = [self.ingest(f'r{turn}{at}', START_MS + at, url, words(10 * turn + at))
                     for at in order]
            self.assertEqual([line['outcome'] for line in lines], ['NEW', 'REVISION', 'REVISION'])
            self.assertEqual(len({line['id'] for line in lines}), 1)
            article, = self.server.json('get', url)
            self.assertEqual(article['text'], words(10 * turn + 3), order)
            self.assertEqual(article['revision_count'], 2)

    def test_stats_count_what_happened(self):
        self.ingest('a', START_MS, 'https://one.example/a', words(1))
        self.ingest('b', START_MS, 'https://two.example/a', words(1))
        self.ingest('c', START_MS, 'https://one.example/a', words(2))
        self.ingest('a', START_MS, 'https://one.example/a', words(1))
        self.ingest('d', START_MS, 'mailto:x', words(3), code=2)
        stats = self.server.stats()
        self.assertEqual(stats['outcomes'], dict(new=1, duplicate=1, revision=1, unchanged=1,
                                                 rejected=1))
        self.assertEqual(stats['rejected_by_reason'], {'UNSUPPORTED_SCHEME': 1})
        self.assertEqual([stats['stored'][key] for key in ('articles', 'sightings', 'revisions')],
                         [1, 1, 1])
        self.assertEqual([stats['pipeline'][key] for key in ('streams', 'files_in_flight',
                                                             'bytes_in_flight')], [0, 0, 0])
        self.assertEqual([stats['read_only'], stats['read_only_reason']], [False, None])
        self.assertEqual(self.server.run('health').returncode, 0)


if __name__ == '__main__':
    unittest.main(verbosity=2)
