"""Stories through the command: who stands for them, what their texts changed, and what is deleted,
over restarts and crashes."""
import hashlib
import unittest

from harness import ServerTest, raw_file

NOW = 1_600_000_000_000


def text(seed, words=200):
    """Words that no other seed has."""
    return ' '.join(hashlib.sha256(f'{seed} {i}'.encode()).hexdigest()[:7] for i in range(words))


def edited(plain, every):
    """The same with some words changed."""
    return ' '.join(f'x{i}' if i % every == every - 1 else word
                    for i, word in enumerate(plain.split()))


class Story(ServerTest):
    def ingest(self, server, at_ms, host, body, title='A report on the dike', code=0):
        path = self.write(f'in/{host}-{at_ms}.txt',
                          raw_file(NOW + at_ms, f'https://{host}.example/1', title, body))
        line, = server.json('ingest', path, code=code)
        return line

    def story(self, server, id, *more):
        story, = server.json('story', *more, id)
        return story

    def crash(self, server):
        server.kill()
        return server.start()

    def test_a_late_original_a_revision_and_a_deletion_outlive_crashes(self):
        server = self.serve()
        body = text('dike')
        copy = self.ingest(server, 100, 'copy', edited(body, 30))
        late = self.ingest(server, 0, 'original', body)
        self.assertEqual(late['outcome'], 'DUPLICATE')
        self.assertEqual(late['story_id'], copy['id'])
        self.assertEqual(late['representative_id'], late['id'])
        third = self.ingest(server, 200, 'third', edited(body, 40))
        self.assertEqual(third['representative_id'], late['id'])
        revision = self.ingest(server, 300, 'third', edited(body, 25), 'Corrected: the dike')
        self.assertEqual((revision['outcome'], revision['id']), ('REVISION', third['id']))

        server = self.crash(server)
        story = self.story(server, copy['id'], '--full')
        self.assertEqual(story['story_id'], copy['id'])
        self.assertEqual(story['representative']['id'], late['id'])
        self.assertEqual({one['id'] for one in story['sightings']}, {copy['id'], third['id']})
        texts = {one['id']: one['text'] for one in story['sightings']}
        self.assertEqual(texts[copy['id']], edited(body, 30))
        self.assertEqual(texts[third['id']], edited(body, 25))

        # Deleted, and another promoted.
        deleted, = server.json('delete', late['id'])
        self.assertEqual(deleted['removed_ids'], [late['id']])
        self.assertEqual(deleted['representative_id'], copy['id'])
        server = self.crash(server)
        story = self.story(server, third['id'], '--diff')
        self.assertEqual(story['representative']['id'], copy['id'])
        self.assertEqual([one['id'] for one in story['sightings']], [third['id']])
        first, second = story['revisions'][third['id']]
        self.assertEqual((first['is_newest'], second['is_newest']), (False, True))
        self.assertFalse(second['is_unrelated'])
        older, = server.json('get', '--text-hash', first['article']['text_hash'], third['id'])
        self.assertEqual(older['text'], edited(body, 40))
        done = server.run('get', late['id'])
        self.assertEqual(done.returncode, 1)
        self.assertIn(b'deleted', done.stderr)
        # Not blocked: it comes back, and stands for the story again.
        back = self.ingest(server, 0, 'original', body)
        self.assertEqual(back['story_id'], copy['id'])
        self.assertEqual(back['representative_id'], back['id'])
        server.stop()
        server.start()
        self.assertEqual(self.story(server, back['id'])['representative']['id'], back['id'])
        stored = server.stats()['stored']
        self.assertEqual((stored['articles'], stored['sightings'], stored['revisions']), (1, 2, 1))

    def test_a_blocked_story_stays_away_and_compaction_leaves_nothing(self):
        server = self.serve()
        body = text('gone')
        first = self.ingest(server, 0, 'one', body)
        self.ingest(server, 1, 'two', edited(body, 30))
        self.ingest(server, 2, 'other', text('stays'))
        deleted, = server.json('delete', '--story', '--block', '--purge',
                               'https://two.example/1')
        self.assertIsNone(deleted['representative_id'])
        self.assertEqual(len(deleted['removed_ids']), 2)
        for _ in range(2):
            for host, words in (('one', text('new words')), ('third', body)):
                refused = self.ingest(server, 5, host, words, code=2)
                self.assertEqual((refused['outcome'], refused['reason']), ('REJECTED', 'REMOVED'))
            parts = server.stats()['parts']
            self.assertEqual(parts['articles']['entries'], 1)
            self.assertEqual(parts['sightings']['entries'], 0)
            server = self.crash(server)
        self.assertEqual(server.run('get', first['id']).returncode, 1)
        self.assertEqual(server.json('list')[0]['url'], 'https://other.example/1')

    def test_a_page_that_changes_altogether_is_flagged(self):
        server = self.serve()
        page = self.ingest(server, 0, 'live', text('monday'))
        self.assertEqual(page['outcome'], 'NEW')
        path = self.write('in/live.txt', raw_file(NOW + 9, 'https://live.example/1', 'Live',
                                                  text('tuesday')))
        done = server.run('ingest', path)
        self.assertEqual(done.returncode, 0, done.stderr)
        story = self.story(server, page['id'], '--diff')
        self.assertEqual([one['is_unrelated'] for one in story['revisions'][page['id']]],
                         [False, True])
        shown = server.run('story', '--diff', page['id']).stdout.decode()
        self.assertIn('UNRELATED', shown)
        self.assertIn('- title: A report on the dike', shown)

    def test_texts_come_in_order_over_several_pages(self):
        server = self.serve()
        body = text('page')
        for i in range(120):
            self.write(f'many/{i:03}.txt', raw_file(NOW + i, 'https://page.example/1', 'A page',
                                                    f'{body} edition{i}'))
        lines = server.json('ingest', self.place / 'many')
        self.assertEqual([line['outcome'] for line in lines], ['NEW'] + ['REVISION'] * 119)
        history = self.story(server, lines[0]['id'], '--diff', '--full')['revisions'][lines[0]['id']]
        self.assertEqual([one['article']['text'] for one in history],
                         [f'{body} edition{i}' for i in range(120)])
        self.assertEqual([one['is_newest'] for one in history], [False] * 119 + [True])
        self.assertIsNone(history[0]['changes'])
        self.assertTrue(all(one['changes'] for one in history[1:]))

    def test_bad_requests_say_what_is_wrong(self):
        server = self.serve()
        for arguments, reason in ((('delete', 'nonsense'), b'INVALID_ID'),
                                  (('delete', '01EDT7B6FRH4G44EPNB9D2DZGV'), b'NOT_FOUND'),
                                  (('delete', 'https://nobody.example/'), b'NOT_FOUND'),
                                  (('get', '--text-hash', 'xyz', 'https://a.example/'),
                                   b'INVALID_ARGUMENT')):
            done = server.run(*arguments)
            self.assertNotEqual(done.returncode, 0, arguments)
            self.assertIn(reason, done.stderr)


if __name__ == '__main__':
    unittest.main()
