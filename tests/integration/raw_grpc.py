"""The protocol without generated code: messages as bytes, over python3-grpcio.

Only what the tests need of the wire format (https://protobuf.dev/programming-guides/encoding):
numbers and byte strings by field number.
"""
import os
import sys

PACKAGED_PYTHON = '/usr/bin/python3'  # where Debian's and Ubuntu's python3-grpcio is found


def grpc_or_skip():
    """grpc; a second try with the distribution's Python, and exit code 77 (skipped) without it."""
    try:
        import grpc
        return grpc
    except ImportError:
        if os.path.exists(PACKAGED_PYTHON) and not os.environ.get('WIREFOLD_TEST_PYTHON_TRIED'):
            os.environ['WIREFOLD_TEST_PYTHON_TRIED'] = '1'
            sys.stdout.flush()
            os.execv(PACKAGED_PYTHON, [PACKAGED_PYTHON, *sys.argv])
        print('python3-grpcio is not installed: the tests of the raw protocol are left out')
        sys.exit(77)


def varint(number):
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def message(**fields):
    """A message; each field is named f and its number, and is a number, bytes or text."""
    out = b''
    for name, value in fields.items():
        number = int(name[1:])
        if isinstance(value, int):
            out += varint(number << 3) + varint(value)
        else:
            value = value.encode() if isinstance(value, str) else value
            out += varint(number << 3 | 2) + varint(len(value)) + value
    return out


def fields(data):
    """The fields of a message as a dictionary from number to the list of values."""
    at = 0

    def read():
        nonlocal at
        number = shift = 0
        while True:
            byte = data[at]
            at += 1
            number |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return number

    found = {}
    while at < len(data):
        key = read()
        value = read()
        if key & 7 == 2:
            value, at = data[at:at + value], at + value
        found.setdefault(key >> 3, []).append(value)
    return found


def error_reason(error):
    """The ErrorInfo reason of a failed call; '' if it carries none."""
    for key, value in error.trailing_metadata() or ():
        if key == 'grpc-status-details-bin':
            any_message = fields(fields(value)[3][0])
            return fields(any_message[2][0])[1][0].decode()
    return ''


class Raw:
    """Calls of one server, with bytes for messages."""

    def __init__(self, grpc, address):
        self.channel = grpc.insecure_channel(address, options=[
            ('grpc.max_send_message_length', -1), ('grpc.max_receive_message_length', -1),
            ('grpc.http2.bdp_probe', 0)])

    def unary(self, method, request=b'', timeout=20):
        return self.channel.unary_unary(method)(request, timeout=timeout)

    def ingest(self, requests, timeout=60):
        return self.channel.stream_stream('/wirefold.v1.IngestService/Ingest')(
            requests, timeout=timeout)

    def server_stream(self, method, request):
        return self.channel.stream_stream(method)(iter([request]), timeout=20)

    def close(self):
        self.channel.close()
