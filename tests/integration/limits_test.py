"""What is exactly at a limit is taken; one past it is named, and the stream goes on."""
import unittest

from harness import ServerTest, raw_file

MIB = 1 << 20
MAX_DOCUMENT = 8 * MIB
MAX_URL = 8192


class Limits(ServerTest):
    def sized(self, name, size):
        head = raw_file(1000, f'https://limits.example/{name}', name, 'x').encode()
        return self.write(f'{name}.txt', head + b'<!--' + b'.' * (size - len(head) - 7) + b'-->')

    def test_documents_at_and_past_the_limits(self):
        server = self.serve()
        sizes = {'a': 1000, 'b': MAX_DOCUMENT, 'c': MAX_DOCUMENT + 1, 'd': 8 * MIB + MIB // 2,
                 'e': 9 * MIB + 1, 'f': 20 * MIB, 'g': 1000}
        paths = [self.sized(name, size) for name, size in sizes.items()]
        for path, size in zip(paths, sizes.values()):
            self.assertEqual(path.stat().st_size, size)
        lines = server.json('ingest', *paths, code=2)
        self.assertEqual([line['outcome'] for line in lines],
                         ['NEW', 'NEW', *['REJECTED'] * 4, 'NEW'])
        self.assertEqual({line['reason'] for line in lines[2:6]}, {'DOCUMENT_TOO_LARGE'})
        # The command does not send what is over the limit.
        self.assertEqual(server.stats()['rejected_by_reason'], {})
        text = server.run('ingest', '-q', paths[4])
        self.assertEqual(text.returncode, 2)
        self.assertIn(b'DOCUMENT_TOO_LARGE', text.stdout)

    def test_a_large_file_is_read_back_whole(self):
        server = self.serve()
        paragraph = '海' * 100_000
        path = self.write('big.txt', raw_file(1000, 'https://limits.example/big', 'big',
                                              *[paragraph] * 25))
        line, = server.json('ingest', path)
        article, = server.json('get', line['id'])
        self.assertEqual(article['text'], '\n'.join([paragraph] * 25))
        listed, = server.json('list', '--view', 'full')
        self.assertEqual(listed['text'], article['text'])

    def test_urls_at_and_past_the_limit(self):
        server = self.serve()
        prefix = 'https://limits.example/'
        longest = prefix + 'u' * (MAX_URL - len(prefix))
        # Grows past the limit by percent-encoding alone.
        growing = prefix + 'ü' * ((MAX_URL - len(prefix)) // 3)
        files = [self.write('a', raw_file(1, longest, 'a', 'x')),
                 self.write('b', raw_file(2, longest + 'u', 'b', 'x')),
                 self.write('c', raw_file(3, growing, 'c', 'x')),
                 self.write('d', raw_file(4, prefix, 'd', 'x'))]
        lines = server.json('ingest', *files, code=2)
        self.assertEqual([line['reason'] for line in lines],
                         [None, 'URL_TOO_LONG', 'URL_TOO_LONG', None])
        self.assertEqual(server.json('get', longest)[0]['id'], lines[0]['id'])
        done = server.run('get', longest + 'u')
        self.assertEqual(done.returncode, 1)
        self.assertIn(b'URL_TOO_LONG', done.stderr)

    def test_sources_at_and_past_the_limit(self):
        server = self.serve()
        path = self.write('a', raw_file(1, 'https://limits.example/', 'a', 'x'))
        server.json('ingest', '--source', 's' * 256, path)
        self.assertEqual(server.json('list', '--source', 's' * 256)[0]['source'], 's' * 256)
        done = server.run('ingest', '--source', 's' * 257, path)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b'256', done.stderr)

    def test_hints_are_used_where_the_file_has_none(self):
        server = self.serve()
        path = self.write('a', '<p>Text of an article that names neither a time nor its URL.</p>')
        line, = server.json('ingest', '--url', 'https://hints.example/a', '--observed-time',
                            '2023-09-05T10:15:02Z', path)
        article, = server.json('get', 'http://www.hints.example/a')
        self.assertEqual([article['id'], article['observed_time']],
                         [line['id'], '2023-09-05T10:15:02.000Z'])


if __name__ == '__main__':
    unittest.main(verbosity=2)
