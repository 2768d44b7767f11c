/* What the operating system alone costs: makes the files that an index names, of bytes that a blob holds.
 *
 *     writer INDEX BLOB FOLDER
 *
 * A line of INDEX is a size in bytes, a space and a path below FOLDER; BLOB is all their bytes in a row.
 * Folders are made when a path first needs them, everything else is open, write, close. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static void stop(const char *what)
{
    perror(what);
    exit(1);
}

/* Every folder above the file at `path`, which is relative to `root`. */
static void make_folders(int root, char *path)
{
    for (char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        if (mkdirat(root, path, 0755) && errno != EEXIST)
            stop(path);
        *slash = '/';
    }
}

static void write_file(int root, char *path, const char *bytes, size_t size)
{
    const int flags = O_WRONLY | O_CREAT | O_TRUNC;
    int file = openat(root, path, flags, 0644);
    if (file < 0 && errno == ENOENT) {
        make_folders(root, path);
        file = openat(root, path, flags, 0644);
    }
    if (file < 0 || write(file, bytes, size) != (ssize_t)size || close(file))
        stop(path);
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "writer INDEX BLOB FOLDER\n");
        return 2;
    }
    FILE *index = fopen(argv[1], "r");
    int blob = open(argv[2], O_RDONLY);
    struct stat status;
    if (!index || blob < 0 || fstat(blob, &status))
        stop(argv[1]);
    const char *bytes = mmap(0, status.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, blob, 0);
    if (bytes == MAP_FAILED)
        stop(argv[2]);
    if (mkdir(argv[3], 0755) && errno != EEXIST)
        stop(argv[3]);
    int root = open(argv[3], O_RDONLY | O_DIRECTORY);
    if (root < 0)
        stop(argv[3]);
    char path[4096];
    size_t size;
    while (fscanf(index, "%zu %4095[^\n]", &size, path) == 2) {
        write_file(root, path, bytes, size);
        bytes += size;
    }
    return 0;
}
