"""A full disk: no file is taken, nothing is lost, and it goes on by itself once there is room.

Needs a small file system of its own, so it mounts a tmpfs in a user namespace of its own
(unshare); says so and skips where that is not allowed.
"""
import base64
import os
import subprocess
import sys
import time
import unittest

from harness import ServerTest, raw_file

SKIPPED = 77
MIB = 1 << 20


class DiskFull(ServerTest):
    flags = ()

    def setUp(self):
        super().setUp()
        self.disk = self.place / 'disk'
        self.disk.mkdir()
        subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=256m', 'tmpfs', self.disk], check=True)
        self.addCleanup(subprocess.run, ['umount', '-l', self.disk])
        self.server = self.serve('--min-free-bytes', '48MiB', *self.flags, folder='disk/data')

    def fill(self, free):
        """Leaves so many bytes free."""
        space = os.statvfs(self.disk)
        take = space.f_bavail * space.f_frsize - free
        with open(self.disk / 'balloon', 'wb') as balloon:
            os.posix_fallocate(balloon.fileno(), 0, take)

    def release(self):
        (self.disk / 'balloon').unlink()

    def article(self, number):
        noise = base64.b64encode(os.urandom(30_000)).decode()
        return self.write(f'in/{number}', raw_file(number, f'https://one.example/{number}', 'A', noise))

    def refused(self, path):
        done = self.server.run('ingest', '--retry-timeout', '1', path)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn(b'READ_ONLY', done.stderr)

    def test_read_only_while_full_and_back_by_itself(self):
        first, = self.server.json('ingest', self.article(1))
        self.fill(free=40 * MIB)
        time.sleep(1.1)
        self.refused(self.article(2))
        self.assertTrue(self.server.stats()['read_only'])
        self.assertEqual(self.server.json('get', first['id'])[0]['id'], first['id'])
        # A client that is waiting carries on when there is room.
        client = self.server.popen('ingest', '--json', '--retry-timeout', '20',
                                   str(self.article(3)), stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL)
        time.sleep(0.5)
        self.release()
        output, _ = client.communicate(timeout=20)
        self.assertEqual(client.returncode, 0)
        self.assertIn(b'"outcome":"NEW"', output)
        self.assertFalse(self.server.stats()['read_only'])

    def test_nothing_is_lost_with_no_room_at_all_and_no_start_aborts(self):
        first, = self.server.json('ingest', self.article(1))
        self.fill(free=0)
        time.sleep(1.1)
        self.refused(self.article(2))
        self.assertEqual(self.server.run('get', first['id']).returncode, 0)
        self.server.kill()
        with self.assertRaises(AssertionError) as caught:
            self.server.start()
        self.assertIn('ended with 1', str(caught.exception))
        self.assertIn('reason=READ_ONLY', str(caught.exception))
        self.release()
        self.server.start()
        self.assertEqual(self.server.run('get', first['id']).returncode, 0)
        self.server.json('ingest', self.article(2))
        self.assertEqual(self.server.stop(), 0)


class DiskFullKeepingRawFiles(DiskFull):
    flags = ('--keep-raw',)


def mounts_allowed():
    """True behind unshare, which has mounted nothing that anybody else sees."""
    if os.environ.get('WIREFOLD_TEST_UNSHARED'):
        return True
    unshare = ['unshare', '--user', '--map-root-user', '--mount']
    if subprocess.run([*unshare, 'true'], capture_output=True).returncode != 0:
        return False
    os.environ['WIREFOLD_TEST_UNSHARED'] = '1'
    os.execvp(unshare[0], [*unshare, sys.executable, *sys.argv])


if __name__ == '__main__':
    if not mounts_allowed():
        print('no mount namespace can be made here: the tests of a full disk are left out')
        sys.exit(SKIPPED)
    unittest.main(verbosity=2)
