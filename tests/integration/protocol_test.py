"""The promises of the protocol to clients of any make, good and bad, by raw messages."""
import json
import queue
import subprocess
import sys
import time
import unittest

from harness import ServerTest, raw_file
from raw_grpc import Raw, error_reason, fields, grpc_or_skip, message

grpc = grpc_or_skip()
MIB = 1 << 20
CODE = grpc.StatusCode


def request(sequence, content, **more):
    return message(f1=sequence, f2=content, **more)


def article(number, size=0):
    text = raw_file(1000 + number, f'https://raw.example/{number}', f'T{number}', f'text {number}')
    return text.encode() + b' ' * max(0, size - len(text))


def results(responses):
    """(sequence, outcome) of all results."""
    return [(fields(result).get(1, [0])[0], fields(result)[2][0])
            for response in responses for result in fields(response).get(1, [])]


class Protocol(ServerTest):
    def start(self, *flags):
        self.server = self.serve(*flags)
        self.raw = Raw(grpc, self.server.address)
        self.addCleanup(self.raw.close)
        return self.raw

    def ends_with(self, requests, code, reason):
        """The results before the stream ended with this error."""
        seen = []
        with self.assertRaises(grpc.RpcError) as caught:
            for response in self.raw.ingest(iter(requests)):
                seen.append(response)
        self.assertEqual(caught.exception.code(), code, caught.exception.details())
        self.assertEqual(error_reason(caught.exception), reason)
        self.still_serves()
        return results(seen)

    def still_serves(self):
        answer = results(self.raw.ingest(iter([request(1, article(99_999))])))
        self.assertEqual([sequence for sequence, _ in answer], [1])

    def test_results_come_in_order_and_a_half_closed_stream_ends_well(self):
        self.start()
        sequences = [7 * i for i in range(1, 500)]
        got = results(self.raw.ingest(request(s, article(s)) for s in sequences))
        self.assertEqual(got, [(s, 1) for s in sequences])
        self.assertEqual(results(self.raw.ingest(iter([]))), [])

    def test_a_stream_with_a_fault_ends_with_its_name_after_the_results_before_it(self):
        self.start()
        good = request(5, article(1))
        for bad, code, reason in [
                (request(5, article(2)), CODE.INVALID_ARGUMENT, 'SEQUENCE_OUT_OF_ORDER'),
                (request(4, article(2)), CODE.INVALID_ARGUMENT, 'SEQUENCE_OUT_OF_ORDER'),
                (request(6, article(2), f3='s' * 257), CODE.INVALID_ARGUMENT, 'INVALID_ARGUMENT'),
                (request(6, article(2), f3=b'\xff'), CODE.INVALID_ARGUMENT, 'INVALID_ARGUMENT'),
                (b'\xff\xff\xff', CODE.INVALID_ARGUMENT, 'INVALID_ARGUMENT')]:
            with self.subTest(bad[:20]):
                self.assertEqual(self.ends_with([good, bad], code, reason)[0][0], 5)

    def test_a_message_over_the_transports_limit_ends_the_stream_alone(self):
        self.start()
        with self.assertRaises(grpc.RpcError) as caught:
            list(self.raw.ingest(iter([request(1, article(1)), request(2, b'x' * (9 * MIB + 1))])))
        self.assertEqual(caught.exception.code(), CODE.RESOURCE_EXHAUSTED)
        self.assertIn('larger than max', caught.exception.details())
        self.still_serves()
        # Up to there a file over 8 MiB is answered by name.
        got = results(self.raw.ingest(iter([request(1, b'x' * (8 * MIB + 1)),
                                            request(2, article(2))])))
        self.assertEqual(got, [(1, 5), (2, 1)])

    def test_odd_messages_are_answered(self):
        self.start()
        far = (1 << 64) - 1
        got = results(self.raw.ingest(iter([
            b'', request(1, b''), request(2, article(1), f5=message(f1=far, f2=far)),
            request(3, article(2), f4='not a url'), request(4, b'<p>x', f4='https://'),
            request(far - 1, article(4), f99=b'unknown'), request(far, article(5))])))
        self.assertEqual([sequence for sequence, _ in got], [0, 1, 2, 3, 4, far - 1, far])
        self.assertEqual([outcome for _, outcome in got][-2:], [1, 1])
        self.still_serves()

    def test_a_client_that_reads_nothing_is_paused_and_then_cut_off(self):
        self.start('--unread-ack-timeout-ms', '1000', '--max-stream-inflight-bytes', '1MiB',
                   '--max-inflight-bytes', '4MiB')
        sent = [0]
        done = queue.Queue()

        def flood():
            # A rejection's message makes large answers out of small files.
            while done.empty():
                sent[0] += 1
                yield request(sent[0], b'[t](https://h:x/' + b'y' * 900 + b')\n------\n\n')

        call = self.raw.ingest(flood())
        self.addCleanup(done.put, None)
        most = 0
        deadline = time.monotonic() + 30
        while 'streams_too_slow' not in self.server.log():
            self.assertLess(time.monotonic(), deadline, f'not cut off after {sent[0]} files')
            most = max(most, self.server.stats()['pipeline']['bytes_in_flight'])
            time.sleep(0.05)
        done.put(None)
        # The bound of the stream, and a message that waits.
        self.assertGreater(most, MIB // 2)
        self.assertLessEqual(most, MIB + 2048)
        got = []
        with self.assertRaises(grpc.RpcError):
            for response in call:
                got += results([response])
        self.assertEqual(call.code(), CODE.RESOURCE_EXHAUSTED)
        self.assertTrue(call.details().startswith('CLIENT_TOO_SLOW: '), call.details())
        self.assertEqual([sequence for sequence, _ in got], list(range(1, len(got) + 1)))
        self.still_serves()
        self.assertEqual(self.server.stats()['pipeline']['bytes_in_flight'], 0)

    def test_streams_beyond_the_bound_are_refused_and_idle_ones_cost_little(self):
        self.start('--max-streams', '200')
        hold = queue.Queue()
        calls = [self.raw.ingest(iter(hold.get, None)) for _ in range(200)]
        deadline = time.monotonic() + 20
        while self.server.stats()['pipeline']['streams'] < 200:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)
        with self.assertRaises(grpc.RpcError) as caught:
            list(self.raw.ingest(iter([request(1, article(1))])))
        self.assertEqual(caught.exception.code(), CODE.RESOURCE_EXHAUSTED)
        self.assertEqual(error_reason(caught.exception), 'TOO_MANY_STREAMS')
        for _ in calls:
            hold.put(None)
        for call in calls:
            self.assertEqual(list(call), [])
        self.still_serves()

    def test_idle_streams_are_closed_and_make_room(self):
        self.start('--max-streams', '20', '--idle-timeout-ms', '500')
        hold = queue.Queue()
        calls = [self.raw.ingest(iter(hold.get, None)) for _ in range(20)]
        hold.put(request(1, article(1)))
        got = []
        for call in calls:
            with self.assertRaises(grpc.RpcError):
                for response in call:
                    got += results([response])
            self.assertEqual(call.code(), CODE.UNAVAILABLE)
            self.assertEqual(error_reason(call), 'STREAM_IDLE')
        for _ in calls:
            hold.put(None)
        self.assertEqual(got, [(1, 1)])
        self.assertIn('streams_idle', self.server.log())
        # A stream's place is free a moment after its client knows that it has ended.
        deadline = time.monotonic() + 20
        while self.server.stats()['pipeline']['streams'] > 0:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)
        self.still_serves()

    def test_the_client_sends_on_after_its_idle_stream_was_closed(self):
        self.start('--idle-timeout-ms', '300')
        paths = [self.write(f'{i}', article(i)) for i in range(3)]
        # Any break would end it.
        client = self.server.popen('ingest', '--json', '--retry-timeout', '0', '--files-from', '-',
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        for i, path in enumerate(paths, 1):
            client.stdin.write(f'{path}\n'.encode())
            client.stdin.flush()
            deadline = time.monotonic() + 20
            while self.server.log().count('streams_idle') < i:
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.05)
        out, errors = client.communicate(timeout=20)
        self.assertEqual(client.returncode, 0, errors)
        self.assertEqual([json.loads(line)['outcome'] for line in out.splitlines()], ['NEW'] * 3)

    def test_open_streams_do_not_hold_up_the_end(self):
        self.start('--drain-timeout-ms', '10000')
        hold = queue.Queue()
        calls = [self.raw.ingest(iter(hold.get, None)) for _ in range(20)]
        hold.put(request(1, article(1)))
        time.sleep(0.5)
        begin = time.monotonic()
        self.assertEqual(self.server.stop(), 0)
        self.assertLess(time.monotonic() - begin, 8)
        got = []
        for call in calls:
            with self.assertRaises(grpc.RpcError):
                for response in call:
                    got += results([response])
            self.assertEqual(call.code(), CODE.UNAVAILABLE)
            self.assertEqual(error_reason(call), 'SHUTTING_DOWN')
        for _ in calls:
            hold.put(None)
        self.assertEqual(got, [(1, 1)])

    def test_reads_name_what_is_wrong(self):
        self.start()
        for method, body, code, reason in [
                ('GetArticle', b'', CODE.INVALID_ARGUMENT, 'INVALID_ARGUMENT'),
                ('GetArticle', message(f1='x'), CODE.INVALID_ARGUMENT, 'INVALID_ID'),
                ('GetArticle', message(f1='0' * 26), CODE.NOT_FOUND, 'NOT_FOUND'),
                ('GetArticle', message(f2='x:'), CODE.INVALID_ARGUMENT, 'UNSUPPORTED_SCHEME'),
                ('BatchGetArticles', b''.join(message(f1='0' * 26) for _ in range(1001)),
                 CODE.INVALID_ARGUMENT, 'INVALID_ARGUMENT'),
                ('BatchGetArticles', message(f1=''), CODE.INVALID_ARGUMENT, 'INVALID_ID'),
                ('ListArticles', message(f1=(1 << 64) - 1), CODE.INVALID_ARGUMENT, 'INVALID_ARGUMENT'),
                ('ListArticles', message(f2=b'junk'), CODE.INVALID_ARGUMENT, 'INVALID_PAGE_TOKEN'),
                ('GetStory', b'', CODE.INVALID_ARGUMENT, 'INVALID_ID')]:
            with self.subTest(method, body=body[:20]):
                with self.assertRaises(grpc.RpcError) as caught:
                    self.raw.unary('/wirefold.v1.ArticleService/' + method, body)
                self.assertEqual(caught.exception.code(), code, caught.exception.details())
                self.assertEqual(error_reason(caught.exception), reason)
        # A page size far over the limit is the limit.
        self.raw.unary('/wirefold.v1.ArticleService/ListArticles', message(f1=2**31 - 1))

    def test_reflection_and_health_answer(self):
        self.start()
        method = '/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo'
        listed = fields(next(iter(self.raw.server_stream(method, message(f7='')))))
        services = {fields(service)[1][0].decode() for service in fields(listed[6][0])[1]}
        ours = {f'wirefold.v1.{name}Service' for name in ('Ingest', 'Article', 'Admin')}
        self.assertLessEqual(ours | {'grpc.health.v1.Health'}, services)
        described = fields(next(iter(self.raw.server_stream(
            method, message(f4='wirefold.v1.IngestService')))))
        self.assertIn(b'IngestRequest', fields(described[4][0])[1][0])
        for service in ['', *ours]:
            answer = self.raw.unary('/grpc.health.v1.Health/Check', message(f1=service))
            self.assertEqual(fields(answer), {1: [1]}, service)


if __name__ == '__main__':
    sys.exit(unittest.main(verbosity=2))
