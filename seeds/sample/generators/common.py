"""What the generators share: random streams, group membership and id strings."""

import zlib

import numpy as np
import numpy.typing as npt

ALPHABET = np.frombuffer(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", dtype="S1")
# Coprime to 36, so that multiplying by it modulo a power of 36 scrambles without collisions.
SCRAMBLER = 1_000_003


def stream(seed: int, name: str) -> np.random.Generator:
    """Give a data set its own random stream, so that a change to one leaves the others alone.

    Parameters
    ----------
    seed : int
        Seed shared by all files.
    name : str
        Name of the data set.

    Returns
    -------
    numpy.random.Generator
        PCG64 seeded by the pair.
    """
    return np.random.Generator(np.random.PCG64([seed, zlib.crc32(name.encode())]))


def members(shares: npt.ArrayLike, n: int) -> np.ndarray:
    """Assign n things to groups in exact proportion.

    Parameters
    ----------
    shares : array_like of float, shape (n_groups,)
        Share of each group; they need not sum to 1.
    n : int
        Number of things.

    Returns
    -------
    ndarray of int, shape (n,)
        Group of each thing, in ascending order.
    """
    upper = np.cumsum(np.asarray(shares, dtype=float))
    return np.searchsorted(upper / upper[-1], (np.arange(n) + 0.5) / n)


def long_tail(rng: np.random.Generator, total: int, weights: np.ndarray) -> np.ndarray:
    """Spread a total over things in proportion to weights, at least one each.

    Parameters
    ----------
    rng : numpy.random.Generator
        Random stream.
    total : int
        Sum of the counts; at least the number of things.
    weights : ndarray of float, shape (n,)
        Positive weights.

    Returns
    -------
    ndarray of int, shape (n,)
        Counts that sum to `total`.
    """
    return 1 + rng.multinomial(total - len(weights), weights / weights.sum())


def base36(prefix: str, index: np.ndarray, digits: int) -> np.ndarray:
    """Write numbers as unique ids: a prefix and scrambled base 36 digits.

    Parameters
    ----------
    prefix : str
        ASCII text before the digits.
    index : ndarray of int, shape (n,)
        Distinct numbers from 0 to below 36 ** `digits`.
    digits : int
        Number of base 36 digits, at most 8.

    Returns
    -------
    ndarray of bytes, shape (n,)
        Distinct ids of equal length.
    """
    scrambled = (index.astype(np.int64) * SCRAMBLER + 12_345) % 36**digits
    powers = 36 ** np.arange(digits - 1, -1, -1, dtype=np.int64)
    ids = np.empty((len(index), len(prefix) + digits), dtype="S1")
    ids[:, : len(prefix)] = np.frombuffer(prefix.encode(), dtype="S1")
    ids[:, len(prefix) :] = ALPHABET[scrambled[:, None] // powers % 36]
    return ids.reshape(-1).view(f"S{ids.shape[1]}")
