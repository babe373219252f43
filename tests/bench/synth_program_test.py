"""wirefold-synth: what it writes is what wirefold reads, and the score is of both."""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

BIN = pathlib.Path(os.environ['WIREFOLD_BIN'])


def run(program, *arguments, stdin=b''):
    return subprocess.run([BIN / program, *arguments], input=stdin, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=False)


class Synth(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def read(self, *arguments, stdin=b''):
        done = run('wirefold', 'normalize', '--json', *arguments, stdin=stdin)
        self.assertEqual(done.returncode, 0, done.stderr)
        return [json.loads(line) for line in done.stdout.decode().splitlines()]

    def test_files_and_stream_are_the_same_articles(self):
        truth = self.folder / 'truth.tsv'
        options = ['--articles', '300', '--seed', '3', '--truth', truth]
        done = run('wirefold-synth', *options, '--out', self.folder / 'out')
        self.assertEqual(done.returncode, 0, done.stderr)
        of_files = truth.read_text()
        paths = [line.split('\t')[1] for line in of_files.splitlines()[1:]]
        self.assertEqual(len(paths), 300)
        files = self.read(*(self.folder / 'out' / path for path in paths))
        done = run('wirefold-synth', *options)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(truth.read_text(), of_files)
        stream = self.read('-', stdin=done.stdout)
        self.assertEqual([one['item'] for one in stream], list(range(300)))
        for file, record in zip(files, stream):
            for field in 'format', 'title', 'url', 'published_at', 'text', 'error':
                self.assertEqual(file[field], record[field])
            self.assertEqual(file['format'], 'dump')

    def test_a_part_is_a_part_of_the_whole(self):
        whole = run('wirefold-synth', '--articles', '200').stdout
        parts = [run('wirefold-synth', '--articles', '200', *part).stdout
                 for part in (['--end', '70'], ['--first', '70'])]
        self.assertEqual(whole, parts[0] + parts[1])

    def test_scores_outcomes_by_path_and_by_item(self):
        truth = self.folder / 'truth.tsv'
        truth.write_text('file\tpath\tstory\tkind\toriginal\n'
                         '0\t00000/000000000.txt\t0\tarticle\t\n'
                         '1\t00000/000000001.txt\t0\treprint\t0\n'
                         '2\t00000/000000002.txt\t0\texcerpt\t0\n'
                         '3\t00000/000000003.txt\t1\tarticle\t\n')
        stories = ['A', 'A', 'B', 'A']
        for name in 'path', 'item':
            outcomes = self.folder / 'outcomes'
            outcomes.write_text(''.join(json.dumps(
                {'path': f'out/00000/00000000{i}.txt', 'item': 0, 'story_id': story}
                if name == 'path' else {'path': '-', 'item': i, 'story_id': story}) + '\n'
                for i, story in enumerate(stories)))
            done = run('wirefold-synth', '--score', truth, outcomes, '--wrong', '5')
            self.assertEqual(done.returncode, 0, done.stderr)
            report = [line.split() for line in done.stdout.decode().splitlines()]
            self.assertIn(['reprint', '1', '1', '1.0000', '0'], report)
            self.assertIn(['excerpt', '1', '0', '0.0000', '0'], report)
            self.assertIn(['copies', '2', '1', '0.5000'], report)
            self.assertIn(['false', 'merges', 'in', '20,000', 'files:', '5000.000'], report)

    def test_says_what_is_wrong_with_its_arguments(self):
        for arguments, word in ((['--mix', 'poem=1'], b'poem'), (['--start', 'now'], b'now'),
                                (['--languages', 'latin=x'], b'latin'),
                                (['--articles', '0'], b'articles'), (['--days', '0'], b'days')):
            done = run('wirefold-synth', '--count', *arguments)
            self.assertEqual(done.returncode, 1, arguments)
            self.assertIn(word, done.stderr)


if __name__ == '__main__':
    unittest.main()
