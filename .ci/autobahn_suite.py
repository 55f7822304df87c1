# Runs the Autobahn suite, which is for Python 2.7, and tells whether each of its cases is passed:
#
#     python2.7 autobahn_suite.py client FOLDER MESSAGES ws://127.0.0.1:8080/ws    tests a server
#     python2.7 autobahn_suite.py server FOLDER MESSAGES                           tests a client, and says where, until that asks to end
#
# The report is in FOLDER then, with a log. Of the cases of groups 12 and 13 each sends MESSAGES compressed messages, or 1,000 as the suite has it for 0. Ends with
# 1 if a case is missing, or is neither passed nor informational.

import collections
import json
import os
import socket
import sys
import warnings

warnings.simplefilter('ignore')

from autobahntestsuite import wstest
from autobahntestsuite.case import Cases

role, folder, messages = sys.argv[1], sys.argv[2], int(sys.argv[3])
for case in Cases:
    if messages and hasattr(case, 'COUNT'):
        case.COUNT = messages

spec = {'outdir': folder, 'cases': ['*'], 'exclude-cases': [], 'exclude-agent-cases': {}}
if role == 'client':
    spec['servers'] = [{'agent': 'rajada', 'url': sys.argv[4]}]
else:
    free = socket.socket()
    free.bind(('127.0.0.1', 0))
    spec['url'] = 'ws://127.0.0.1:%d' % free.getsockname()[1]
    free.close()
    print 'listening on', spec['url']
    sys.stdout.flush()

out = sys.stdout
os.path.isdir(folder) or os.makedirs(folder)
with open(os.path.join(folder, 'log'), 'w') as sys.stdout:
    wstest.start({'mode': 'fuzzing' + role, 'webport': 0}, spec)
sys.stdout = out

with open(os.path.join(folder, 'index.json')) as report:
    (agent, cases), = json.load(report).items()
passed = ('OK', 'INFORMATIONAL')
wrong = dict((case, result) for case, result in cases.items()
             if result['behavior'] not in passed or result['behaviorClose'] not in passed)
counts = collections.Counter(result['behavior'] for result in cases.values())
print '%s: %d cases of %d: %s' % (agent, len(cases), len(Cases), ', '.join('%d %s' % (count, name) for name, count in counts.items()))
for case, result in sorted(wrong.items(), key=lambda pair: [int(part) for part in pair[0].split('.')]):
    print 'case %s: %s, closing %s: %s' % (case, result['behavior'], result['behaviorClose'], os.path.join(folder, result['reportfile']))
sys.exit(1 if wrong or len(cases) != len(Cases) or len(Cases) != 517 else 0)
