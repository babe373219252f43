"""A store is moved to other URL rules: refused before, the same IDs after."""
import subprocess
import unittest

from harness import BIN, Server, ServerTest, clean_environment, raw_file, wirefold

STRICT = 'version test\ninclude built-in\n[*]\nkeep utm_source\n[paged.example]\ndrop view\n'
SOURCES = ('feed', 'mail')


class Rekey(ServerTest):
    def wirefoldd(self, *arguments):
        return subprocess.run([BIN / 'wirefoldd', *arguments], capture_output=True, text=True,
                              env=clean_environment(), timeout=120)

    def rules(self, text, name='url.rules'):
        path = self.place / name
        path.write_text(text)
        return path

    def filled(self):
        server = self.serve()
        for i in range(40):
            words = ' '.join(f'word{i}x{n}' for n in range(60))
            self.write(f'in/{i}', raw_file(
                1_600_000_000_000 + i,
                f'https://www.one.example/{i}?utm_source={SOURCES[i % 2]}', f'Title {i}', words))
        self.write('in/paged-1', raw_file(1_600_000_000_100, 'https://paged.example/a?view=1',
                                          'View', 'the same page in one view and one more ' * 8))
        self.write('in/paged-2', raw_file(1_600_000_000_101, 'https://paged.example/a?view=2',
                                          'Other', 'something else altogether stands here ' * 8))
        lines = server.json('ingest', '--json', self.place / 'in')
        self.assertTrue(all(line['outcome'] == 'NEW' for line in lines))
        self.assertEqual(server.stop(), 0)
        return server, {line['path'].rsplit('/', 1)[1]: line['id'] for line in lines}

    def test_other_rules_are_refused_until_the_store_is_moved(self):
        server, ids = self.filled()
        rules = self.rules(STRICT)
        refused = self.wirefoldd('--listen', '127.0.0.1:0', '--data-dir', server.folder,
                                 '--url-rules', rules)
        self.assertEqual(refused.returncode, 1)
        self.assertIn('STORE_RULES_DIFFER', refused.stderr)
        self.assertIn(f'wirefoldd rekey --data-dir {server.folder} --url-rules {rules}',
                      refused.stderr)

        told = self.wirefoldd('rekey', '--dry-run', '--data-dir', server.folder,
                              '--url-rules', rules)
        self.assertEqual(told.returncode, 0, told.stderr)
        self.assertIn('would move', told.stdout)
        self.assertIn('42 articles, 0 copies', told.stdout)
        server.start()  # nothing has changed
        self.assertEqual(server.stop(), 0)

        moved = self.wirefoldd('rekey', '--data-dir', server.folder, '--url-rules', rules)
        self.assertEqual(moved.returncode, 0, moved.stderr)
        self.assertIn('42 articles and copies have another key', moved.stdout)
        self.assertIn('1 articles and copies share their key with another', moved.stdout)

        self.assertEqual(self.wirefoldd('--listen', '127.0.0.1:0', '--data-dir',
                                        server.folder).returncode, 1)
        after = Server(server.folder, '--url-rules', str(rules))
        self.addCleanup(after.close)
        after.start()
        for name, id in ids.items():
            self.assertEqual(after.json('get', '--json', id)[0]['id'], id)
        # By the URL with the parameter that counts now; under the old rules both were one.
        for i in (0, 1):
            url = f'http://m.one.example//{i}/?utm_source={SOURCES[i]}&utm_medium=x'
            got = after.json('get', '--json', url)[0]
            self.assertEqual(got['id'], ids[str(i)])
            self.assertEqual(got['url'],
                             f'https://www.one.example/{i}?utm_source={SOURCES[i]}')
            self.assertEqual(after.run('get', '--json',
                                       f'https://one.example/{i}').returncode, 1)
        # Two articles came to one key: the older one has it, and knows the other's text.
        self.assertEqual(after.json('get', '--json', 'https://paged.example/a')[0]['id'],
                         ids['paged-1'])
        again = after.json('ingest', '--json', self.place / 'in')
        self.assertEqual({line['outcome'] for line in again}, {'UNCHANGED'})
        self.assertEqual(after.stop(), 0)

        same = self.wirefoldd('rekey', '--data-dir', server.folder, '--url-rules', rules)
        self.assertIn('nothing to do', same.stdout)
        told = self.wirefoldd('rekey', '--help')
        self.assertIn('wirefoldd rekey', told.stdout)
        self.assertIn('--url-rules', told.stdout)

        # And back.
        back = self.wirefoldd('rekey', '--data-dir', server.folder)
        self.assertEqual(back.returncode, 0, back.stderr)
        server.start()
        self.assertEqual(server.json('get', '--json', 'https://one.example/0')[0]['id'], ids['0'])
        again = server.json('ingest', '--json', self.place / 'in')
        self.assertEqual({line['path'].rsplit('/', 1)[1]: line['id'] for line in again}, ids)

    def test_what_cannot_be_moved_is_said(self):
        server, _ = self.filled()
        server.start()
        busy = self.wirefoldd('rekey', '--data-dir', server.folder)
        self.assertEqual(busy.returncode, 1)
        self.assertIn('STORE_LOCKED', busy.stderr)
        self.assertEqual(server.stop(), 0)
        empty = self.place / 'nothing'
        none = self.wirefoldd('rekey', '--data-dir', empty)
        self.assertEqual(none.returncode, 1)
        self.assertIn('no store', none.stderr)
        self.assertFalse(empty.exists())

    def test_bad_rules_are_refused_by_name_and_line(self):
        bad = self.rules('[*]\nlose this\n')
        for program in (self.wirefoldd('--data-dir', self.place / 'new', '--url-rules', bad),
                        self.wirefoldd('rekey', '--data-dir', self.place / 'new', '--url-rules', bad)):
            self.assertEqual(program.returncode, 1)
            self.assertIn(f'{bad}: URL rules, line 2', program.stderr)
        self.assertFalse((self.place / 'new').exists())
        said = wirefold('url', '--url-rules', bad, 'https://a.org/')
        self.assertEqual(said.returncode, 1)
        self.assertIn(b'line 2', said.stderr)

    def test_the_command_reads_rules_too(self):
        rules = self.rules('[*]\ndrop a\n')
        done = wirefold('url', '--url-rules', rules, 'https://a.org/?a=1&utm_source=2')
        self.assertEqual(done.stdout.split(b'\t')[0], b'https://a.org/?utm_source=2')
        path = self.write('file', raw_file(1, 'https://a.org/?a=1&b=2', 'T', 'text'))
        done = wirefold('normalize', '--json', '--url-rules', rules, path)
        self.assertIn(b'"url":"https://a.org/?b=2"', done.stdout)


if __name__ == '__main__':
    unittest.main(verbosity=2)
