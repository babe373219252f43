"""The programs that score stories, and their plot, on the example articles; counted by hand."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree

HERE = pathlib.Path(__file__).resolve().parent
ARTICLES = HERE.parent / 'testdata/articles'
PROGRAMS = pathlib.Path(os.environ['WIREFOLD_BIN']).parent / 'tests'

# 07 and 08 are a template; the second of these rows is a judge who is wrong on purpose.
LABELS = '''\
label	conf	file_a	file_b	note
D	h	01-original.txt	02-reprint.txt	
D	l	07-fixing-monday.txt	08-fixing-tuesday.txt	a wrong label
D	h	04-traditional.txt	02-reprint.txt	
D	m	03-excerpt.txt	01-original.txt	
D	h	09-english.txt	10-same-page.txt	
U	h	01-original.txt	05-revision.txt	
T	h	07-fixing-monday.txt	08-fixing-tuesday.txt	
R	h	01-original.txt	09-english.txt	
R	l	02-reprint.txt	03-excerpt.txt	a wrong label
R	h	01-original.txt	no-such-file.txt	
'''


class PairScores(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.order = self.write('order', ''.join(
            path.name + '\n' for path in sorted(ARTICLES.glob('*.txt'))))

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding='utf-8')
        return path

    def run_program(self, name, *arguments):
        done = subprocess.run([PROGRAMS / name, *arguments], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, encoding='utf-8', check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def line(self, name, report):
        found = [line for line in report.splitlines() if line.startswith('    ' + name)]
        self.assertEqual(len(found), 1, report)
        return ' '.join(found[0].split())

    def test_figures_are_those_counted_by_hand(self):
        outcomes = self.folder / 'outcomes'
        report = self.run_program('pair_scores', '--outcomes', outcomes, ARTICLES, self.order,
                                  self.write('labels.tsv', LABELS))
        self.assertIn('labels.tsv: 10 pairs, 1 of files that did not come in', report)
        self.assertEqual(self.line('all', report),
                         'all precision 0.8000 recall 0.8000 F1 0.8000 '
                         'D 4/5 U 1/1 T 0/1 R 1/2')
        self.assertEqual(self.line('sure', report),
                         'sure precision 1.0000 recall 1.0000 F1 1.0000 '
                         'D 3/3 U 1/1 T 0/1 R 0/1')
        self.assertEqual(self.line('Hans and Hant', report),
                         'Hans and Hant precision 1.0000 recall 1.0000 F1 1.0000 D 1/1')
        self.assertEqual(self.line('EXACT', report), 'EXACT D 1/4 U 0/1 R 0/1')
        self.assertEqual(self.line('NEAR', report), 'NEAR D 1/4 U 0/1 R 0/1')
        self.assertEqual(self.line('EXCERPT', report), 'EXCERPT D 1/4 U 0/1 R 1/1')
        self.assertEqual(self.line('REVISION', report), 'REVISION D 0/4 U 1/1 R 0/1')
        self.assertEqual(self.line('UNCHANGED', report), 'UNCHANGED D 1/4 U 0/1 R 0/1')
        self.assertIn('wrong: 2 pairs', report)
        self.assertEqual(report.count('the judge: a wrong label'), 2)
        self.assertEqual(report.count('compared with the earlier one\'s story: score 0.'), 2)
        stories = {line['path']: line['story_id']
                   for line in map(json.loads, outcomes.read_text().splitlines())}
        self.assertEqual(len(stories), 10)
        self.assertEqual(stories['01-original.txt'], stories['03-excerpt.txt'])
        self.assertNotEqual(stories['07-fixing-monday.txt'], stories['08-fixing-tuesday.txt'])

    def test_a_table_without_labels_is_of_copies(self):
        pairs = 'file_a\tfile_b\n01-original.txt\t02-reprint.txt\n01-original.txt\t09-english.txt\n'
        report = self.run_program('pair_scores', '--wrong', '0', ARTICLES, self.order,
                                  self.write('pairs.tsv', pairs))
        self.assertEqual(self.line('all', report),
                         'all precision 1.0000 recall 0.5000 F1 0.6667 D 1/2')
        self.assertNotIn('sure', report)
        self.assertNotIn('compared with', report)

    def test_a_shuffled_order_is_the_same_for_the_same_seed(self):
        labels = self.write('labels.tsv', LABELS)
        runs = [self.run_program('pair_scores', '--seed', '3', ARTICLES, self.order, labels)
                for _ in range(2)]
        self.assertEqual(runs[0], runs[1])

    def test_a_plot_is_drawn_of_both(self):
        labels = self.write('labels.tsv', LABELS)
        features = self.run_program('pair_features', ARTICLES, self.order, labels)
        self.assertEqual(len(features.splitlines()), 9)
        scores = self.run_program('pair_scores', ARTICLES, self.order, labels)
        plot = subprocess.run([sys.executable, HERE / 'plot_scores.py',
                               self.write('features.tsv', features),
                               self.write('scores.txt', scores)],
                              stdout=subprocess.PIPE, encoding='utf-8', check=True).stdout
        texts = [element.text for element in xml.etree.ElementTree.fromstring(plot).iter()]
        self.assertIn('All pairs: 5 copies, 3 others', texts)
        self.assertIn('the whole pipeline: F1 0.800', texts)
        self.assertIn('the whole pipeline: F1 1.000', texts)

    def test_candidates_are_found_whatever_the_order(self):
        pairs = ('file_a\tfile_b\tjaccard\n01-original.txt\t02-reprint.txt\t0.8\n'
                 '04-traditional.txt\t01-original.txt\t1.0\n'
                 '01-original.txt\t09-english.txt\t0.7\n'
                 '01-original.txt\t07-fixing-monday.txt\t0.5\n')
        report = self.run_program('candidate_recall', ARTICLES, self.order,
                                  self.write('pairs.tsv', pairs))
        self.assertIn('9 articles in the index, 3 pairs of Jaccard 0.60 and more', report)
        self.assertIn('missed (alike in what is dropped): 01-original.txt 09-english.txt', report)
        lines = [' '.join(line.split()) for line in report.splitlines()]
        # 02 is less alike than 0.6; 04 is the original's text.
        self.assertEqual(lines.count('all 2 of 3 0.6667 at any rank 2 0.6667'), 2)


if __name__ == '__main__':
    sys.exit(unittest.main())
