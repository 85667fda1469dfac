"""An ordinary nbgrader course, as somebody else would have written it: nothing of ours in it."""

from importlib.util import find_spec

from course import answer, check, locked, manual, plain, text

BASICS = [
    text("# Basics"),
    plain("import math\nimport numpy as np\nfrom collections import Counter, namedtuple"),
    answer("square", "def square(x):\n    return x * x"),
    check("test_square", 2, "assert square(3) == 9\nassert square(-2) == 4\n"
         "### BEGIN HIDDEN TESTS\nassert square(0.5) == 0.25\n"
         "np.testing.assert_allclose(square(np.arange(4.0)), [0, 1, 4, 9])\n### END HIDDEN TESTS"),
    answer("mean", "def mean(xs):\n    if len(xs) == 0:\n        raise ValueError('empty')\n"
           "    return sum(xs) / len(xs)"),
    check("test_mean", 3, "score = 0\nif mean([1, 2, 3]) == 2:\n    score += 1\n"
         "try:\n    mean([])\nexcept ValueError as error:\n    score += 1\n"
         "    assert 'empty' in str(error)\nif isinstance(mean([1]), float):\n    score += 1\nscore"),
    answer("sort", "def sort_in_place(xs):\n    xs.sort()\n\ndef fill(a):\n    a[a < 0] = 0"),
    check("test_sort", 2, "data = [3, 1, 2]\nalias = data\nassert sort_in_place(data) is None\n"
         "assert data == [1, 2, 3] and alias is data\n"
         "a = np.array([[-1.0, 2], [3, -4]])\nrow = a[1]\nfill(a)\n"
         "assert a.tolist() == [[0, 2], [3, 0]] and row[1] == 0\n"
         "b = np.arange(-4, 4)[::2]\nfill(b)\nassert b.tolist() == [0, 0, 0, 2]"),
    answer("account", "class Account:\n    '''An account.'''\n    rate = 0.1\n"
           "    def __init__(self, owner, balance=0):\n"
           "        self.owner, self.balance = owner, balance\n        self.log = []\n"
           "    def deposit(self, n):\n        if n <= 0:\n            raise ValueError(n)\n"
           "        self.balance += n\n        self.log.append(('deposit', n))\n        return self\n"
           "    def __len__(self):\n        return len(self.log)\n"
           "    def __eq__(self, other):\n        return self.owner == other.owner\n"
           "    def __repr__(self):\n        return f'Account({self.owner!r}, {self.balance})'\n"
           "    def __add__(self, other):\n"
           "        return Account(self.owner + other.owner, self.balance + other.balance)"),
    check("test_account", 4, "a = Account('ann', 5)\na.deposit(10).deposit(1)\n"
         "assert a.balance == 16\nassert a.log == [('deposit', 10), ('deposit', 1)]\n"
         "assert len(a) == 2 and repr(a) == \"Account('ann', 16)\"\n"
         "assert a == Account('ann') and a != Account('bob')\n"
         "assert (a + Account('bob', 4)).balance == 20\nassert isinstance(a, Account)\n"
         "assert Account.rate == 0.1 and hasattr(a, 'owner') and not hasattr(a, 'nothing')\n"
         "assert Account.__name__ == 'Account'\n"
         "try:\n    a.deposit(-1)\n    assert False, 'no error'\nexcept ValueError:\n    pass"),
    check("test_account_again", 1, "a.owner = 'cy'\nassert a == Account('cy')\nassert a.balance == 16"),
    answer("primes", "def primes():\n    n = 2\n    while True:\n"
           "        if all(n % p for p in range(2, int(n ** 0.5) + 1)):\n            yield n\n        n += 1"),
    check("test_primes", 2, "import itertools\n"
         "assert list(itertools.islice(primes(), 5)) == [2, 3, 5, 7, 11]\n"
         "g = primes()\nassert next(g) == 2 and next(g) == 3"),
    answer("greet", "def greet(name):\n    print(f'Hello, {name}!')"),
    check("test_greet", 1, "import io\nfrom contextlib import redirect_stdout\nout = io.StringIO()\n"
         "with redirect_stdout(out):\n    greet('Ann')\nassert out.getvalue() == 'Hello, Ann!\\n'"),
    answer("apply", "def twice(f, x):\n    return f(f(x))\n\ndef adder(n):\n    return lambda x: x + n"),
    check("test_apply", 2, "assert twice(lambda v: v * 3, 2) == 18\nassert twice(math.sqrt, 16) == 2\n"
         "def local(v):\n    return v + 1\nassert twice(local, 0) == 2\n"
         "assert adder(3)(4) == 7\nassert twice(adder(1), 5) == 7\nassert abs(twice(np.sin, 1.0)) < 1"),
    answer("error", "class TooMuch(ValueError):\n    pass\n\ndef limit(n):\n    if n > 10:\n"
           "        raise TooMuch(f'{n} is too much')\n    return n\n\ndef pick(d, k):\n    return d[k]"),
    check("test_error", 2, "try:\n    limit(11)\nexcept TooMuch as e:\n    assert str(e) == '11 is too much'\n"
         "else:\n    raise AssertionError\nfrom unittest import TestCase\nt = TestCase()\n"
         "with t.assertRaises(KeyError):\n    pick({}, 'a')\n"
         "with t.assertRaisesRegex(ValueError, 'too much'):\n    limit(99)\n"
         "t.assertEqual(limit(3), 3)"),
    plain("seen = []\n\ndef near(a, b):\n    return abs(a - b) < 1e-9\n\ndef noted(x):\n"
          "    seen.append(x)\n    return x\n\ndef how_many():\n    return len(seen)"),
    answer("noting", "def noting(xs):\n    return [noted(x) for x in xs]"),
    check("test_noting", 2, "assert near(sum(noting([1.0, 2.0])), 3)\nassert how_many() == 2\n"
         "noting([5])\nassert how_many() == 3"),
    plain("def starter(x):\n    return x + 1  # yours to change"),
    check("test_starter", 1, "assert starter(1) == 2"),
]  # fmt: skip

DATA = [
    plain("import warnings\nimport numpy as np"),
    locked("given", "DATA = np.arange(12).reshape(3, 4)\n\ndef close(a, b):\n    return abs(a - b) < 1e-9"),
    answer("total", "def total(a):\n    warnings.warn('careful')\n    print('adding')\n    return a.sum()\n\n"
           "helper = {'calls': 0}\n\ndef counted():\n    helper['calls'] += 1\n    return helper['calls']"),
    check("test_total", 2, "assert close(total(DATA), 66)\nassert total(DATA.T[::2]) == 30"),
    check("test_counted", 2, "assert counted() == 1\nassert counted() == 2"),
    check("test_counted_again", 1, "assert counted() == 3\nassert helper['calls'] == 3"),
    answer("result", "x = np.linspace(0, 1, 5)\nresult = {'x': x, 'n': len(x)}"),
    check("test_result", 2, "assert result['n'] == 5\nassert np.allclose(result['x'], np.linspace(0, 1, 5))"),
    answer("table", "def table(n):\n    return np.array([(i, i * 0.5) for i in range(n)], dtype=[('i', 'i4'), ('h', 'f8')])\n\n"
           "def days(n):\n    return np.datetime64('2024-02-27') + np.arange(n)\n\n"
           "def mixed():\n    return {'a': (1, 2.5, None), (1, 2): {3, 4}, 'z': 1 + 2j, 'b': b'xy', 'nan': float('nan')}"),
    check("test_table", 3, "t = table(3)\nassert t.dtype.names == ('i', 'h') and t['h'][2] == 1.0\n"
         "assert days(3)[-1] == np.datetime64('2024-02-29')\nm = mixed()\n"
         "assert m['a'] == (1, 2.5, None) and type(m['a']) is tuple\nassert m[(1, 2)] == {3, 4}\n"
         "assert m['z'] == 1 + 2j and m['b'] == b'xy' and m['nan'] != m['nan']"),
    answer("random", "def walk(n):\n    return np.random.randn(n).cumsum()"),
    check("test_random", 1, "np.random.seed(7)\nw = walk(4)\nnp.random.seed(7)\n"
         "np.testing.assert_array_equal(w, np.random.randn(4).cumsum())"),
    answer("partial", "def fractions():\n    return [0.5, 0.25]"),
    check("test_partial", 4, "points = sum(fractions())\nround(4 * points, 2)"),
    manual("why", 3, "Because rows are contiguous."),
    manual("code_why", 2, "figure = 'by hand'", kind="code"),
    answer("builtin", "def sum(xs):\n    t = 0\n    for x in xs:\n        t += x\n    return t"),
    check("test_builtin", 1, "assert sum([1, 2, 3]) == 6\nassert sum([]) == 0"),
    text("The end."),
]  # fmt: skip

# Only where Matplotlib is installed.
PLOTS = [
    plain("import numpy as np\nimport matplotlib.pyplot as plt\n%matplotlib inline"),
    answer("plot", "x = np.linspace(0, 1, 5)\nplt.plot(x, x ** 2)\nplt.title('squares')\nplt.show()\nresult = {'x': x, 'n': len(x)}"),
    check("test_plot", 2, "assert result['n'] == 5\nassert np.allclose(result['x'], np.linspace(0, 1, 5))"),
    manual("figure", 2, "figure = plt.figure()", kind="code"),
]  # fmt: skip
HAS_PLOTS = find_spec("matplotlib") is not None
NOTEBOOKS = {"basics": BASICS, "data": DATA} | ({"plots": PLOTS} if HAS_PLOTS else {})

# Two students with wrong answers: {student: {notebook: {cell: source}}}.
MISTAKES = {
    "wrong": {
        "basics": {
            "square": "def square(x):\n    return abs(x) * 3",
            "mean": "def mean(xs):\n    return sum(xs) / max(1, len(xs))",
            "sort": "def sort_in_place(xs):\n    xs = sorted(xs)\n\ndef fill(a):\n    a = np.maximum(a, 0)",
            "account": "class Account\n    pass",
            "greet": "def greet(name):\n    print('Hello', name)",
        },
        "data": {
            "total": "def total(a):\n    return a.sum(axis=0)\n\nhelper = {'calls': 5}\n\ndef counted():\n    return helper['calls']",
            "table": "def table(n):\n    return [(i, i * .5) for i in range(n)]\n\ndef days(n): pass\n\ndef mixed(): return {}",
            "builtin": "def sum(xs):\n    return 0",
        },
    },
    "half": {
        "basics": {
            "apply": "raise RuntimeError('no')",
            "error": "def limit(n):\n    raise KeyError(n)\n\ndef pick(d, k):\n    return d.get(k)",
            "primes": "def primes():\n    yield from (2, 3, 5, 7, 9)",
            "account": "class Account:\n    def __init__(self, owner, balance=0):\n        self.balance = balance",
        },
        "data": {
            "partial": "def fractions():\n    return [0.25]",
            "random": "def walk(n):\n    return np.arange(n)",
            "result": "x = np.linspace(0, 1, 5)\nresult = {'n': 5, 'x': x[::-1]}",
        },
        "plots": {"plot": "x = np.linspace(0, 1, 5)\nresult = {'n': 5, 'x': x[::-1]}"},
    },
}  # fmt: skip
