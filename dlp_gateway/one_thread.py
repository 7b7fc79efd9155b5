"""How the libraries that compute are told to use one thread: what they compute here is small, and more threads wait for
each other on processors that other mail could use."""

ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""For the environment, before such a library is imported."""
