"""flame_graph.py: boxes of the right width for what `perf script` prints."""
import pathlib
import subprocess
import sys
import unittest
import xml.etree.ElementTree

PROGRAM = pathlib.Path(__file__).with_name('flame_graph.py')

# Two samples of one thread, one of another.
PERF = '''wf-prepare 71/72 10.1: 1 cycles:P:
\t    55d0 wirefold::ReadHtml(std::basic_string_view<char>)+0x10 (/bin/wirefoldd)
\t    55d1 wirefold::Normalize(wirefold::RawDocument const&)+0x20 (/bin/wirefoldd)
\t    7f00 clone3+0x2 (/lib/libc.so.6)

wf-prepare 71/72 10.2: 1 cycles:P:
\t    7f01 [unknown] (/lib/libicuuc.so.72)
\t    55d1 wirefold::Normalize(wirefold::RawDocument const&)+0x24 (/bin/wirefoldd)
\t    7f00 clone3+0x2 (/lib/libc.so.6)

wf-commit 71/73 10.3: 1 cycles:P:
\tffffffff fsync<a>+0x2 ([kernel.kallsyms])
'''


def run(text, *arguments):
    return subprocess.run([sys.executable, PROGRAM, *arguments], input=text, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)


class FlameGraph(unittest.TestCase):
    def test_boxes_have_the_names_and_shares_of_what_was_sampled(self):
        done = run(PERF, '--title', 'a < b')
        self.assertEqual(done.returncode, 0, done.stderr)
        root = xml.etree.ElementTree.fromstring(done.stdout)
        titles = [title.text for title in root.iter('{http://www.w3.org/2000/svg}title')]
        self.assertEqual(titles, ['wf-prepare 66.7 %', 'wirefold::Normalize 66.7 %',
                                  'wirefold::ReadHtml 33.3 %', '[libicuuc.so.72] 33.3 %',
                                  'wf-commit 33.3 %', 'fsync 33.3 %'])

    def test_small_boxes_are_left_out(self):
        self.assertNotIn('wf-commit', run(PERF, '--min', '40').stdout)

    def test_without_samples_it_says_what_it_wants(self):
        done = run('')
        self.assertEqual(done.returncode, 1)
        self.assertIn('perf script', done.stderr)


if __name__ == '__main__':
    unittest.main()
