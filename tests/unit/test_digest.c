// SPDX-License-Identifier: Apache-2.0
// BLAKE2b against known answers (RFC 7693's inputs and others, from coreutils' b2sum -l 256), in whatever pieces.
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cache/digest.h"

static void
format(const uint8_t result[DIGEST_SIZE], char text[2 * DIGEST_SIZE + 1])
{
	for (unsigned k = 0; k < DIGEST_SIZE; k++)
		sprintf(text + 2 * k, "%02x", result[k]);
}

/* Bytes 0, 1, 2 ... 250, 0, 1 ...: the data of the answers. */
static void
fill(uint8_t *data, size_t size)
{
	for (size_t k = 0; k < size; k++)
		data[k] = (uint8_t)(k % 251);
}

static const struct {
	size_t size;
	const char *answer;
} answers[] = {
	{ 0, "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8" },
	{ 1, "03170a2e7597b7b7e3d84c05391d139a62b157e78786d8c082f29dcf4c111314" },
	{ 3, "3d8c3d594928271f44aad7a04b177154806867bcf918e1549c0bc16f9da2b09b" },
	{ 127, "f2fe67ff342e21b8f45e8f2e0bcd1d9243245d50ee6c78042e9c491388791c72" },
	{ 128, "c3582f71ebb2be66fa5dd750f80baae97554f3b015663c8be377cfcb2488c1d1" },
	{ 129, "f7f3c46ba2564ff4c4c162da1f5b605f9f1c4aa6a20652a9f9a337c1a2f5b9c9" },
	{ 255, "d9ef0fc521b4266d16df662bec231bc2ec3989e7adeaf63169c295dc239dbbea" },
	{ 256, "582f782226018ec33076bd8d1c42413530ac7e1126260ffc0f306ba3befc3f24" },
	{ 257, "227e15ed64ee8e93eb7bc53828f76eed974f2c4ab1408c3d08f212b7f8d69904" },
	{ 4096, "11c294a11dc67e3ddb25f8c06cca2721e58d2a044243abea6c7063fd17d589e5" },
	{ 100000, "916cfaa800ee55811e82095babeb88ea29c9ef8a36e8d7e20c7b772c344c9e1c" },
};

Test(digest, known_answers_in_pieces)
{
	static uint8_t data[100000];

	fill(data, sizeof(data));
	for (size_t k = 0; k < sizeof(answers) / sizeof(*answers); k++)
		for (size_t piece = 1; piece <= 1000; piece = piece * 3 + 1) {
			uint8_t result[DIGEST_SIZE];
			char text[2 * DIGEST_SIZE + 1];
			struct digest digest;

			digest_begin(&digest);
			for (size_t at = 0; at < answers[k].size; at += piece)
				digest_add(&digest, data + at,
					at + piece < answers[k].size ? piece
								     : answers[k].size - at);
			digest_end(&digest, result);
			format(result, text);
			cr_assert_str_eq(text, answers[k].answer, "%zu bytes in pieces of %zu",
				answers[k].size, piece);
		}
}

Test(digest, of_a_file)
{
	char path[] = "/tmp/dragoman-digest-XXXXXX", text[2 * DIGEST_SIZE + 1];
	static uint8_t data[100000];
	uint8_t result[DIGEST_SIZE];
	uint64_t size;
	int fd = mkstemp(path);

	cr_assert(fd >= 0);
	unlink(path);
	fill(data, sizeof(data));
	cr_assert_eq(write(fd, data, sizeof(data)), (ssize_t)sizeof(data));
	cr_assert(digest_of_file(fd, result, &size));
	cr_assert_eq(size, sizeof(data));
	format(result, text);
	cr_assert_str_eq(text, answers[sizeof(answers) / sizeof(*answers) - 1].answer);
	close(fd);
	cr_assert_not(digest_of_file(-1, result, &size));
}
