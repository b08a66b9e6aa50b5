"""A second account of differential privacy, by definition and in arbitrary precision, to hold ours against.

Usage: privacy.py FOLDER

Reads FOLDER/from-typescript.json and prints, as JSON, how many answers it checked:
  renyi      Rényi divergences of the sampled Gaussian, by integrating the definition in both directions
  gaussian   ε of the Gaussian mechanism, whose δ is computed from normal tails
  losses     ε by privacy loss distributions, between bounds by rounding every loss down and up on a grid of 2e-4
  skellam    our bound against the divergence of Skellam noise that summing its probabilities gives
  noise      samples of our noise against a Skellam and a normal sample of numpy's, by the two-sample Kolmogorov-Smirnov test
"""

import json
import math
import sys
from pathlib import Path

import mpmath
import numpy

mpmath.mp.dps = 20


def close(found, wanted, relative):
    assert abs(found - wanted) <= relative * abs(wanted), (found, wanted)


def renyi_of_sampled_gaussian(order, multiplier, rate):
    """max of D(P‖Q) and D(Q‖P), P = (1−q)N(0,z²) + qN(1,z²), Q = N(0,z²)."""
    z, q, a = mpmath.mpf(multiplier), mpmath.mpf(rate), mpmath.mpf(order)
    plain = lambda x: mpmath.npdf(x, 0, z)  # noqa: E731
    mixed = lambda x: (1 - q) * plain(x) + q * mpmath.npdf(x, 1, z)  # noqa: E731
    ends = [-40 * z - a, *(k * z for k in range(-8, 9, 4)), *sorted({1, a / 2, a}), a + 40 * z]
    ends = sorted(set(mpmath.mpf(end) for end in ends))
    moment = lambda p, r: mpmath.quad(lambda x: p(x) ** a * r(x) ** (1 - a), ends)  # noqa: E731
    return max(mpmath.log(moment(mixed, plain)), mpmath.log(moment(plain, mixed))) / (a - 1)


def check_renyi(cases):
    for case in cases:
        wanted = renyi_of_sampled_gaussian(case["order"], case["multiplier"], case["rate"])
        close(mpmath.mpf(case["renyi"]), wanted, 1e-9)
    return len(cases)


def gaussian_delta(epsilon, multiplier):
    e, z = mpmath.mpf(epsilon), mpmath.mpf(multiplier)
    return mpmath.ncdf(1 / (2 * z) - e * z) - mpmath.exp(e) * mpmath.ncdf(-1 / (2 * z) - e * z)


def check_gaussian(cases):
    for case in cases:
        close(gaussian_delta(case["epsilon"], case["multiplier"]), mpmath.mpf(case["delta"]), 1e-8)
    return len(cases)


def normal_cdf(x):
    return numpy.vectorize(math.erfc)(-x / math.sqrt(2)) / 2


def epsilon_on_grid(case, up):
    """ε of both directions, the worse of the two, each loss rounded up (or down) to a grid, composed by numpy's transform."""
    z, q, rounds, delta, step = case["multiplier"], case["rate"], case["rounds"], case["delta"], 2e-4
    worst = 0.0
    for removed in (True, False):
        edges = numpy.linspace(-12 * z, 1 + 12 * z, 60_001)
        plain = numpy.diff(normal_cdf(edges / z))
        mixed = (1 - q) * plain + q * numpy.diff(normal_cdf((edges - 1) / z))
        loss = lambda x: numpy.log1p(q * numpy.expm1((2 * x - 1) / (2 * z * z)))  # noqa: E731
        sides = (loss(edges[1:]), mixed, loss(edges[:-1])) if removed else (-loss(edges[:-1]), plain, -loss(edges[1:]))
        index = numpy.ceil(sides[0] / step) if up else numpy.floor(sides[2] / step)
        index = index.astype(int)
        size = 2 ** math.ceil(math.log2(2 * 25 / step))
        masses = numpy.bincount(index % size, weights=sides[1], minlength=size)
        total = numpy.fft.irfft(numpy.fft.rfft(masses) ** rounds, size)
        losses = numpy.where(numpy.arange(size) < size // 2, numpy.arange(size), numpy.arange(size) - size) * step
        delta_at = lambda e: float(  # noqa: E731
            numpy.sum(numpy.where(losses > e, -numpy.expm1(numpy.minimum(0, e - losses)) * total, 0))
        )
        low, high = 0.0, 25.0
        while high - low > 1e-6:
            middle = (low + high) / 2
            low, high = (low, middle) if delta_at(middle) <= delta else (middle, high)
        worst = max(worst, high)
    return worst


def check_losses(cases):
    for case in cases:
        low, high = epsilon_on_grid(case, up=False), epsilon_on_grid(case, up=True)
        assert low <= case["epsilon"] <= high, (low, case["epsilon"], high)
    return len(cases)


def check_skellam(cases):
    for case in cases:
        mu, shift, order = mpmath.mpf(case["variance"]), case["shift"], case["order"]
        chance = lambda x: mpmath.exp(-mu) * mpmath.besseli(abs(x), mu)  # noqa: E731
        reach = int(12 * math.sqrt(case["variance"])) + 30
        moment = mpmath.fsum(chance(x) ** order * chance(x - shift) ** (1 - order) for x in range(-reach, reach + 1))
        divergence = mpmath.log(moment) / (order - 1)
        assert divergence <= case["renyi"] <= 1.5 * divergence, (divergence, case)
    return len(cases)


def check_noise(cases):
    random = numpy.random.default_rng(7)
    for case in cases:
        ours = numpy.sort(numpy.array(case["samples"]))
        if case["kind"] == "skellam":
            theirs = random.poisson(case["variance"] / 2, 100_000) - random.poisson(case["variance"] / 2, 100_000)
        else:
            theirs = numpy.rint(random.normal(0, math.sqrt(case["variance"]), 100_000))
        theirs = numpy.sort(theirs)
        values = numpy.unique(numpy.concatenate([ours, theirs]))
        below = lambda sample: numpy.searchsorted(sample, values, side="right") / sample.size  # noqa: E731
        distance = numpy.max(numpy.abs(below(ours) - below(theirs)))
        # One in a million.
        limit = math.sqrt(-math.log(1e-6 / 2) / 2) * math.sqrt(1 / ours.size + 1 / theirs.size)
        assert distance < limit, (case["kind"], distance, limit)
    return len(cases)


def main():
    asked = json.loads((Path(sys.argv[1]) / "from-typescript.json").read_text())
    checks = {
        "renyi": check_renyi,
        "gaussian": check_gaussian,
        "losses": check_losses,
        "skellam": check_skellam,
        "noise": check_noise,
    }
    print(json.dumps({name: check(asked[name]) for name, check in checks.items()}))


main()
