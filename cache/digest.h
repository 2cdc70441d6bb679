// SPDX-License-Identifier: Apache-2.0
// BLAKE2b (RFC 7693) of 32 bytes: what tells whether a guest file has the content that translations were made from, on
// whatever machine, also when somebody would like to have it look so.
#ifndef CACHE_DIGEST_H
#define CACHE_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DIGEST_SIZE 32

struct digest {
	uint64_t state[8];
	uint64_t length; /* bytes so far, without those in the block */
	uint8_t block[128];
	size_t filled;
};

void digest_begin(struct digest *digest);
void digest_add(struct digest *digest, const void *data, size_t size);
void digest_end(struct digest *digest, uint8_t result[DIGEST_SIZE]);

/** Of a whole open file, read from its start; false when it cannot be read. `size` is the number of bytes. */
bool digest_of_file(int fd, uint8_t result[DIGEST_SIZE], uint64_t *size);

#endif
