// SPDX-License-Identifier: Apache-2.0
// A set of guest pages (see page_set.h).
#include "runtime/page_set.h"

#include "runtime/host_memory.h"

#define PAGE_BYTES   (UINT64_C(1) << PAGE_SET_PAGE_SHIFT)
#define LEAF_BYTES   (PAGE_BYTES << PAGE_SET_LEAF_SHIFT)
#define MIDDLE_BYTES (LEAF_BYTES << PAGE_SET_MIDDLE_SHIFT)
#define WORD_BYTES   (PAGE_BYTES * 64)

static unsigned
root_index(uint64_t address)
{
	return (address >> (PAGE_SET_PAGE_SHIFT + PAGE_SET_LEAF_SHIFT + PAGE_SET_MIDDLE_SHIFT)) &
	       ((1u << PAGE_SET_ROOT_SHIFT) - 1);
}

static unsigned
middle_index(uint64_t address)
{
	return (address >> (PAGE_SET_PAGE_SHIFT + PAGE_SET_LEAF_SHIFT)) &
	       ((1u << PAGE_SET_MIDDLE_SHIFT) - 1);
}

static unsigned
word_index(uint64_t address)
{
	return (address >> (PAGE_SET_PAGE_SHIFT + 6)) & ((1u << (PAGE_SET_LEAF_SHIFT - 6)) - 1);
}

static unsigned
bit_index(uint64_t address)
{
	return (address >> PAGE_SET_PAGE_SHIFT) & 63;
}

static struct page_set_leaf *
find_leaf(const struct page_set *set, uint64_t address)
{
	struct page_set_middle *middle =
		__atomic_load_n(&set->middle[root_index(address)], __ATOMIC_ACQUIRE);

	if (middle == NULL)
		return NULL;
	return __atomic_load_n(&middle->leaf[middle_index(address)], __ATOMIC_ACQUIRE);
}

static struct page_set_leaf *
make_leaf(struct page_set *set, uint64_t address)
{
	struct page_set_middle **middle = &set->middle[root_index(address)];
	struct page_set_leaf **leaf;

	if (*middle == NULL) {
		struct page_set_middle *made = host_memory_map(sizeof(*made));

		__atomic_store_n(middle, made, __ATOMIC_RELEASE);
	}
	if (*middle == NULL)
		return NULL;
	leaf = &(*middle)->leaf[middle_index(address)];
	if (*leaf == NULL) {
		struct page_set_leaf *made = host_memory_map(sizeof(*made));

		__atomic_store_n(leaf, made, __ATOMIC_RELEASE);
	}
	return *leaf;
}

bool
page_set_test(const struct page_set *set, uint64_t address)
{
	const struct page_set_leaf *leaf = find_leaf(set, address);

	if (leaf == NULL)
		return false;
	return __atomic_load_n(&leaf->bits[word_index(address)], __ATOMIC_ACQUIRE) >>
		       bit_index(address) &
	       1;
}

bool
page_set_add(struct page_set *set, uint64_t address)
{
	struct page_set_leaf *leaf = find_leaf(set, address);
	uint64_t bit = UINT64_C(1) << bit_index(address);

	if (leaf == NULL)
		leaf = make_leaf(set, address);
	if (leaf == NULL)
		return false;
	if (!(__atomic_fetch_or(&leaf->bits[word_index(address)], bit, __ATOMIC_ACQ_REL) & bit))
		__atomic_fetch_add(&set->count, 1, __ATOMIC_RELAXED);
	return true;
}

bool
page_set_remove(struct page_set *set, uint64_t start, uint64_t end)
{
	bool found = false;

	for (uint64_t at = page_set_next(set, start, end); at < end;
		at = page_set_next(set, at + PAGE_BYTES, end)) {
		uint64_t bit = UINT64_C(1) << bit_index(at);

		__atomic_fetch_and(
			&find_leaf(set, at)->bits[word_index(at)], ~bit, __ATOMIC_ACQ_REL);
		__atomic_fetch_sub(&set->count, 1, __ATOMIC_RELAXED);
		found = true;
	}
	return found;
}

/* Start of the next aligned block of `bytes`. */
static uint64_t
next_block(uint64_t address, uint64_t bytes)
{
	return (address | (bytes - 1)) + 1;
}

uint64_t
page_set_next(const struct page_set *set, uint64_t start, uint64_t end)
{
	uint64_t at = start & ~(PAGE_BYTES - 1);

	if (__atomic_load_n(&set->count, __ATOMIC_RELAXED) == 0)
		return end;
	while (at < end) {
		const struct page_set_leaf *leaf = find_leaf(set, at);
		uint64_t word;

		if (leaf == NULL) {
			at = next_block(
				at, set->middle[root_index(at)] ? LEAF_BYTES : MIDDLE_BYTES);
			continue;
		}
		word = __atomic_load_n(&leaf->bits[word_index(at)], __ATOMIC_ACQUIRE) >>
		       bit_index(at);
		if (word != 0) {
			at += (uint64_t)__builtin_ctzll(word) << PAGE_SET_PAGE_SHIFT;
			return at < end ? at : end;
		}
		at = next_block(at, WORD_BYTES);
	}
	return end;
}

uint64_t
page_set_next_absent(const struct page_set *set, uint64_t start, uint64_t end)
{
	uint64_t at = start & ~(PAGE_BYTES - 1);

	while (at < end && page_set_test(set, at))
		at += PAGE_BYTES;
	return at < end ? at : end;
}
