"""The near-duplicate index finds the same after any end of the daemon, wherever its parts lie."""
import random
import shutil
import time
import unittest

from harness import ServerTest, raw_file

FILES = 3600
# Segments of 1,024 articles, and room for two of them in memory.
SMALL = ('--index-memory', '1MiB', '--window-days', '0')


def words(n, count=120):
    """A text that no other n has."""
    source = random.Random(n)
    return ' '.join(f'w{source.randrange(50000)}' for _ in range(count))


class Index(ServerTest):
    def setUp(self):
        super().setUp()
        for i in range(FILES):
            self.write(f'in/{i:05}', raw_file(1_693_872_000_000 + i * 1000,
                                              f'https://www.example.org/{i}', f'T{i}', words(i)))
        # Each shares half of its text with an article that came some time ago.
        self.asked = []
        for i in range(0, FILES, 180):
            copy = words(i).split()[:60] + words(FILES + i, 60).split()
            self.asked.append(self.write(
                f'asked/{i:05}', raw_file(1_693_872_000_000 + FILES * 1000,
                                          f'https://other.example/{i}', f'C{i}', ' '.join(copy))))

    def found(self, server):
        """What each of them is compared with, in words; None where there is nothing."""
        answers = []
        for path in self.asked:
            scores = server.json('check', path)[0]['jaccard']
            said = server.run('check', '--explain', path).stdout
            answers.append(None if scores is None else said)
        return answers

    def wait_for(self, condition, what):
        deadline = time.monotonic() + 30
        while not condition():
            self.assertLess(time.monotonic(), deadline, what)
            time.sleep(0.05)

    def test_the_same_is_found_after_any_end(self):
        server = self.serve(*SMALL)
        lines = server.json('ingest', self.place / 'in')
        self.assertEqual({line['outcome'] for line in lines}, {'NEW'})
        manifest = self.place / 'data/index/manifest'
        self.wait_for(lambda: server.stats()['index']['runs'] >= 1 and manifest.exists(),
                      'nothing was sealed')
        # In a run, behind what the checkpoint holds.
        first = self.found(server)
        for n in [n for n, found in enumerate(first) if found is not None][:3]:
            self.assertEqual(server.run('delete', lines[n * 180]['id']).returncode, 0)
        before = self.found(server)
        self.assertGreater(len(first), 2 * first.count(None))
        self.assertEqual(before.count(None), first.count(None) + 3)
        server.kill()

        server = self.serve(*SMALL)
        stats = server.stats()['index']
        self.assertGreaterEqual(stats['runs'], 1)
        self.assertLess(stats['resident_runs'], stats['runs'])
        self.assertEqual(stats['articles'], FILES - 3)
        self.assertTrue(self.found(server) == before)
        self.assertEqual(server.stop(), 0)

        server = self.serve(*SMALL)
        self.assertTrue(self.found(server) == before)
        self.assertEqual(server.stop(), 0)

        # Another size: the runs there are stay in memory.
        server = self.serve('--window-days', '0')
        stats = server.stats()['index']
        self.assertEqual(stats['resident_runs'], stats['runs'])
        self.assertTrue(self.found(server) == before)
        self.assertEqual(server.stop(), 0)

        # A damaged run, a folder that is gone, and one whose place is taken.
        run = sorted(manifest.parent.glob('*.run'))[0]
        data = bytearray(run.read_bytes())
        data[len(data) // 2] ^= 1
        run.write_bytes(data)
        self.assertNotIn('index_rebuilt', server.log())
        server = self.serve(*SMALL)
        self.assertIn('index_rebuilt', server.log())
        self.assertTrue(self.found(server) == before)
        self.assertEqual(server.stop(), 0)
        shutil.rmtree(manifest.parent)
        server = self.serve(*SMALL)
        self.assertTrue(self.found(server) == before)
        self.assertEqual(server.stop(), 0)
        shutil.rmtree(manifest.parent)
        manifest.parent.write_text('x')
        server = self.serve(*SMALL)
        self.assertTrue(self.found(server) == before)
        self.assertEqual(server.stats()['index']['runs'], 0)
        self.assertTrue(server.stats()['index_problem'])
        deadline = time.monotonic() + 20
        while 'index_in_memory' not in server.log():
            self.assertLess(time.monotonic(), deadline, 'no line in the log says so')
            time.sleep(0.1)
        self.assertEqual(server.stop(), 0)


if __name__ == '__main__':
    unittest.main(verbosity=2)
