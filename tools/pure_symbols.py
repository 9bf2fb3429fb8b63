"""Looks with nm at what the archives of pure folders ask the outside world for.

Sources can hide a clock behind a macro or an inlined header of a library; an undefined symbol cannot hide.
"""

import re
import subprocess

FORBIDDEN = {
    "a clock": r"clock_gettime|gettimeofday|timespec_get|time|clock|nanosleep|usleep|sleep|timerfd_\w+|std::chrono::.*_clock::now.*",
    "a thread": r"pthread_\w+|std::thread\b.*|std::mutex\b.*|std::condition_variable\b.*|std::__condvar.*|sem_\w+|fork|mtx_\w+|thrd_\w+",
    "I/O": r"open|open64|openat|close|read|write|pread|pwrite|fopen|fopen64|fclose|fread|fwrite|fputs|fputc|puts|putchar|v?f?printf"
           r"|__v?f?printf_chk|perror|socket|connect|bind|listen|accept4?|send\w*|recv\w*|poll|epoll_\w+|select|ioctl|mmap|stat"
           r"|std::cout|std::cerr|std::clog|std::cin|std::ios_base::Init.*|std::basic_\w*fstream.*|std::basic_filebuf.*"
           r"|std::basic_ostream.*|std::ostream.*|std::filesystem::.*|getenv|secure_getenv|system|popen|signal|sigaction",
    "chance": r"s?rand|rand_r|s?random|[dlmej]rand48|getrandom|getentropy|arc4random\w*|std::random_device\b.*|RAND_\w+",
    "a log": r"v?syslog|.*\bspdlog::.*|.*\bLogSink\b.*",
}
PATTERNS = {what: re.compile(pattern) for what, pattern in FORBIDDEN.items()}


def undefined_symbols(archive):
    """Demangled names without their symbol versions."""
    listing = subprocess.run(["nm", "-C", "--undefined-only", str(archive)], capture_output=True, text=True, check=True)
    return [match.group(1) for match in re.finditer(r"^\s+[UwvV] ([^@\n]+)", listing.stdout, re.MULTILINE)]


def verdict(symbol):
    """What a pure folder must not know and this symbol is, or None."""
    return next((what for what, pattern in PATTERNS.items() if pattern.fullmatch(symbol)), None)


def problems(build, folders):
    """Texts of what is wrong; an archive that is missing or says nothing is wrong as well."""
    found = []
    for folder in folders:
        archives = sorted(build.rglob(f"libzvonok_{folder}.a"))
        if len(archives) != 1:
            found.append(f"{build}: {len(archives)} archives libzvonok_{folder}.a, so its symbols could not be checked")
            continue
        try:
            symbols = undefined_symbols(archives[0])
        except (OSError, subprocess.CalledProcessError) as error:
            found.append(f"{archives[0]}: nm failed: {error}")
            continue
        if not symbols:
            found.append(f"{archives[0]}: nm named no symbol, so nothing was checked")
        for symbol in sorted(set(symbols)):
            if what := verdict(symbol):
                found.append(f"{archives[0]}: asks for {what}: {symbol}")
    return found


if __name__ == "__main__":
    raise SystemExit("run tools/check_layers.py --nm BUILD_DIR")
