"""wirefold-bench over a few articles: it runs through, and what it prints fits together."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / 'tests/integration'))
from harness import Server  # noqa: E402

BIN = pathlib.Path(os.environ.get('WIREFOLD_BIN', ROOT / 'build/release/bin'))
ARTICLES = ROOT / 'tests/testdata/articles'

SIDE = ('files_per_s', 'mb_per_s', 'server_cpu_s_per_file', 'client_cpu_s_per_file',
        'peak_memory_bytes', 'ack_p50_ms', 'ack_p99_ms', 'written_bytes_per_file')


def bench(place, *arguments):
    return subprocess.run([BIN / 'wirefold-bench', '--data-dir', place, *arguments],
                          capture_output=True, timeout=300)


class BenchTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory(prefix='wirefold-bench-test-') as place:
            done = bench(place, '--json', '--rounds', '2', '--seconds', '0.3', '--tmpfs', '',
                         '--light-rate', '30', '--idle-seconds', '0.5', '--only', 'all', ARTICLES)
            assert done.returncode == 0, done.stderr.decode()
            assert not list(pathlib.Path(place).iterdir()), 'a temporary folder was left'
        assert done.stdout.count(b'\n') == 1
        cls.report = json.loads(done.stdout)

    def test_both_sides_have_every_figure(self):
        for side in ('floor', 'wirefold'):
            for key in SIDE:
                self.assertGreater(self.report[side][key], 0, f'{side}.{key}')
            self.assertGreaterEqual(self.report[side]['ack_p99_ms'],
                                    self.report[side]['ack_p50_ms'])
        self.assertEqual(self.report['files'], len(list(ARTICLES.iterdir())))
        self.assertEqual(self.report['wirefold']['rejected'], 0)
        for bare in ('echo', 'writer'):
            self.assertGreater(self.report[bare]['files_per_s'], 0)

    def test_the_ratio_is_that_of_the_rates(self):
        ratios = [ours / floor for ours, floor in
                  zip(self.report['wirefold']['files_per_s_values'],
                      self.report['floor']['files_per_s_values'])]
        for ratio, expected in zip(self.report['ratio_values'], ratios, strict=True):
            self.assertAlmostEqual(ratio, expected)
        self.assertAlmostEqual(self.report['ratio'], sum(ratios) / 2)  # the median of two
        cpu = [self.report[side]['server_cpu_s_per_file'] + self.report[side]['client_cpu_s_per_file']
               for side in ('floor', 'wirefold')]
        self.assertAlmostEqual(self.report['cpu_ratio'], cpu[0] / cpu[1])

    def test_the_stages_add_up(self):
        shares = self.report['wirefold']['stage_share']
        self.assertEqual(set(shares), {'parse', 'url', 'text', 'sketch', 'candidates', 'decide',
                                       'store', 'transport', 'other'})
        self.assertAlmostEqual(sum(shares.values()), 1)
        for stage in ('parse', 'store', 'decide'):
            self.assertGreater(shares[stage], 0, stage)

    def test_light_load_is_acknowledged_on_both_sides(self):
        for side in ('floor', 'wirefold'):
            self.assertEqual(self.report['light'][side]['files'], 9)
            self.assertGreater(self.report['light'][side]['ack_p99_ms'], 0)

    def test_reads_have_a_floor_and_none_fails(self):
        reads = self.report['reads']
        for kind in ('get_article', 'get_article_blocking', 'get_article_basic',
                     'batch_get_articles', 'list_articles', 'get_story'):
            alone = reads['alone'][kind]
            self.assertEqual(alone['failed'], 0, kind)
            self.assertGreater(alone['ratio'], 0, kind)
            self.assertGreaterEqual(alone['p99_ms'], alone['p50_ms'], kind)
        self.assertGreater(reads['alone']['get_article_paced']['p99_ms'], 0)
        for kind in ('get_article', 'batch_get_articles', 'list_articles', 'get_story'):
            loaded = reads['while_ingesting'][kind]
            self.assertEqual(loaded['failed'], 0, kind)
            self.assertGreater(loaded['calls'], 0, kind)
            self.assertGreaterEqual(loaded['client_late_p99_ms'], 0, kind)

    def test_idle_streams_are_open(self):
        self.assertEqual(self.report['idle']['streams'], 1000)
        self.assertGreater(self.report['idle']['memory_mib'], 0)


class GivenStoreTest(unittest.TestCase):
    def test_it_is_read_and_gets_files_only_where_that_is_asked_for(self):
        with tempfile.TemporaryDirectory(prefix='wirefold-bench-test-') as place:
            server = Server(pathlib.Path(place) / 'data')
            self.addCleanup(server.close)

            def articles():
                server.start()
                count = server.stats()['stored']['articles']
                self.assertEqual(server.stop(), 0)
                return count

            server.start()
            one = sorted(ARTICLES.iterdir())[0]
            self.assertEqual(server.run('ingest', str(one)).returncode, 0)
            self.assertEqual(server.stop(), 0)
            arguments = ['--json', '--rounds', '1', '--seconds', '0.2', '--only', 'reads',
                         '--store', str(server.folder)]
            done = bench(place, *arguments, ARTICLES)
            self.assertEqual(done.returncode, 0, done.stderr.decode())
            reads = json.loads(done.stdout)['reads']
            self.assertEqual(reads['articles'], 1)
            self.assertEqual(reads['alone']['get_article']['failed'], 0)
            self.assertNotIn('while_ingesting', reads)
            self.assertEqual(articles(), 1)
            done = bench(place, *arguments, '--into-store', ARTICLES)
            self.assertEqual(done.returncode, 0, done.stderr.decode())
            self.assertEqual(json.loads(done.stdout)['reads']['while_ingesting']['get_story']['failed'], 0)
            self.assertGreater(articles(), 1)

    def test_it_goes_with_reads_alone(self):
        with tempfile.TemporaryDirectory() as place:
            done = bench(place, '--store', place, ARTICLES)
            self.assertEqual(done.returncode, 1)
            self.assertIn(b'--only reads', done.stderr)


class ArgumentsTest(unittest.TestCase):
    def test_a_folder_without_files_is_an_error_that_names_it(self):
        with tempfile.TemporaryDirectory() as place:
            done = bench(place, place)
            self.assertEqual(done.returncode, 1)
            self.assertIn(place.encode(), done.stderr)

    def test_no_folder_is_an_error(self):
        self.assertEqual(bench('/tmp').returncode, 1)


if __name__ == '__main__':
    unittest.main()
