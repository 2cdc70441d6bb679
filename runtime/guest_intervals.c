// SPDX-License-Identifier: Apache-2.0
// The ordered set of the guest's mappings (see guest_intervals.h): a treap, that is a binary tree ordered by address and
// heap-ordered by random priorities. Everything is built from split and merge:
//
//	split(tree, at)   -> the part below `at`, the part from `at` up (a mapping across `at` is cut in two)
//	merge(low, high)  -> one tree again
#include "runtime/guest_intervals.h"

struct interval {
	struct guest_mapping mapping;
	struct interval *left;
	struct interval *right;
	uint64_t priority;
	/* Of the subtree: lowest start, highest end, largest gap between neighbours within it. */
	uint64_t lowest;
	uint64_t highest;
	uint64_t largest_gap;
};

static struct interval *root;
static struct interval *free_intervals; /* linked by left */
static unsigned free_count;
static uint64_t used_count;

static uint64_t
random_priority(void)
{
	static uint64_t state = UINT64_C(0x9e3779b97f4a7c15);

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

bool
intervals_reserve(unsigned count)
{
	enum { BATCH_SIZE = 16384, BATCH_COUNT = BATCH_SIZE / sizeof(struct interval) };
	struct interval *batch;

	if (free_count >= count)
		return true;
	batch = host_memory_map(BATCH_SIZE);
	if (batch == NULL)
		return false;
	for (unsigned i = 0; i < BATCH_COUNT; i++) {
		batch[i].left = free_intervals;
		free_intervals = &batch[i];
	}
	free_count += BATCH_COUNT;
	return true;
}

static uint64_t
larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static void
update_subtree(struct interval *node)
{
	const struct interval *left = node->left;
	const struct interval *right = node->right;
	uint64_t gap = 0;

	node->lowest = node->mapping.start;
	node->highest = node->mapping.end;
	if (left != NULL) {
		node->lowest = left->lowest;
		gap = larger(left->largest_gap, node->mapping.start - left->highest);
	}
	if (right != NULL) {
		node->highest = right->highest;
		gap = larger(gap, larger(right->largest_gap, right->lowest - node->mapping.end));
	}
	node->largest_gap = gap;
}

static struct interval *
new_interval(const struct guest_mapping *mapping)
{
	struct interval *node = free_intervals;

	free_intervals = node->left;
	free_count--;
	used_count++;
	*node = (struct interval){ .mapping = *mapping, .priority = random_priority() };
	update_subtree(node);
	return node;
}

static void
free_tree(struct interval *node)
{
	if (node == NULL)
		return;
	free_tree(node->left);
	free_tree(node->right);
	node->left = free_intervals;
	free_intervals = node;
	free_count++;
	used_count--;
}

static struct interval *
merge(struct interval *low, struct interval *high)
{
	if (low == NULL)
		return high;
	if (high == NULL)
		return low;
	if (low->priority > high->priority) {
		low->right = merge(low->right, high);
		update_subtree(low);
		return low;
	}
	high->left = merge(low, high->left);
	update_subtree(high);
	return high;
}

/* Splits by start addresses: mappings that start below `at` go to *low. */
static void
split_whole(struct interval *node, uint64_t at, struct interval **low, struct interval **high)
{
	if (node == NULL) {
		*low = *high = NULL;
		return;
	}
	if (node->mapping.start < at) {
		split_whole(node->right, at, &node->right, high);
		*low = node;
	} else {
		split_whole(node->left, at, low, &node->left);
		*high = node;
	}
	update_subtree(node);
}

static struct interval *
last(struct interval *node)
{
	while (node != NULL && node->right != NULL)
		node = node->right;
	return node;
}

static struct interval *
first(struct interval *node)
{
	while (node != NULL && node->left != NULL)
		node = node->left;
	return node;
}

/* Moves the end of the highest mapping of a tree. */
static void
set_last_end(struct interval *node, uint64_t end)
{
	if (node == NULL)
		return;
	if (node->right != NULL)
		set_last_end(node->right, end);
	else
		node->mapping.end = end;
	update_subtree(node);
}

/* True when the mapping's offset means something: it moves with the start. */
static bool
has_offset(const struct guest_mapping *mapping)
{
	return mapping->shared || mapping->device != GUEST_DEVICE_ANONYMOUS;
}

static void
split(struct interval *node, uint64_t at, struct interval **low, struct interval **high)
{
	struct interval *across;
	struct guest_mapping upper;

	split_whole(node, at, low, high);
	across = last(*low);
	if (across == NULL || across->mapping.end <= at)
		return;
	upper = across->mapping;
	upper.start = at;
	if (has_offset(&upper))
		upper.offset += at - across->mapping.start;
	set_last_end(*low, at);
	*high = merge(new_interval(&upper), *high);
}

/* True when `high`, which follows `low` directly, goes on with the same object and attributes. */
static bool
continues(const struct guest_mapping *low, const struct guest_mapping *high)
{
	return low->end == high->start && low->device == high->device &&
	       low->inode == high->inode && low->protection == high->protection &&
	       low->kind == high->kind && low->shared == high->shared &&
	       low->grows_down == high->grows_down && low->sealed == high->sealed &&
	       low->not_in_child == high->not_in_child &&
	       low->empty_in_child == high->empty_in_child &&
	       (!has_offset(low) || low->offset + (low->end - low->start) == high->offset);
}

/* Merges two trees, joining the mappings where they meet if they are alike. */
static struct interval *
merge_joining(struct interval *low, struct interval *high)
{
	const struct interval *before = last(low);
	const struct interval *after = first(high);
	struct interval *joined;
	uint64_t end;

	if (before == NULL || after == NULL || !continues(&before->mapping, &after->mapping))
		return merge(low, high);
	end = after->mapping.end;
	split_whole(high, end, &joined, &high);
	free_tree(joined);
	set_last_end(low, end);
	return merge(low, high);
}

const struct guest_mapping *
intervals_next(uint64_t address)
{
	struct interval *node = root;
	const struct guest_mapping *found = NULL;

	while (node != NULL) {
		if (node->mapping.end > address) {
			found = &node->mapping;
			node = node->left;
		} else {
			node = node->right;
		}
	}
	return found;
}

const struct guest_mapping *
intervals_find(uint64_t address)
{
	const struct guest_mapping *mapping = intervals_next(address);

	return mapping != NULL && mapping->start <= address ? mapping : NULL;
}

/* Takes [start, end) out of the tree; *low and *high are what is left of it. */
static struct interval *
cut_out(uint64_t start, uint64_t end, struct interval **low, struct interval **high)
{
	struct interval *middle;

	split(root, start, low, &middle);
	split(middle, end, &middle, high);
	return middle;
}

void
intervals_remove(uint64_t start, uint64_t end)
{
	struct interval *low;
	struct interval *high;

	free_tree(cut_out(start, end, &low, &high));
	root = merge(low, high);
}

void
intervals_put(const struct guest_mapping *mapping)
{
	struct interval *low;
	struct interval *high;

	free_tree(cut_out(mapping->start, mapping->end, &low, &high));
	low = merge_joining(low, new_interval(mapping));
	root = merge_joining(low, high);
}

struct guest_mapping
intervals_part(uint64_t start, uint64_t end)
{
	struct guest_mapping part = *intervals_find(start);

	if (has_offset(&part))
		part.offset += start - part.start;
	part.start = start;
	if (part.end > end)
		part.end = end;
	return part;
}

void
intervals_set_protection(uint64_t start, uint64_t end, uint8_t protection)
{
	const struct guest_mapping *found = intervals_find(start);
	struct guest_mapping mapping;

	if (found == NULL || found->protection == protection)
		return;
	mapping = intervals_part(start, end);
	mapping.protection = protection;
	intervals_put(&mapping);
}

struct gap_search {
	uint64_t lower;
	uint64_t limit; /* free room can end here at most: start of the mapping looked at last */
	uint64_t length;
	uint64_t alignment;
	uint64_t found;
};

/* Tries the gap that begins at `start` and ends at the search's limit. */
static bool
try_gap(struct gap_search *search, uint64_t start)
{
	uint64_t address;

	if (start < search->lower)
		start = search->lower;
	if (search->limit < start || search->limit - start < search->length)
		return false;
	address = (search->limit - search->length) & ~(search->alignment - 1);
	if (address < start)
		return false;
	search->found = address;
	return true;
}

static void
lower_limit(struct gap_search *search, uint64_t start)
{
	if (start < search->limit)
		search->limit = start;
}

/* Goes through a subtree from high to low addresses, leaving out what has no gap that is large enough. */
static bool
search_gap(const struct interval *node, struct gap_search *search)
{
	const struct guest_mapping *mapping;

	if (node == NULL || node->lowest >= search->limit || search->limit <= search->lower)
		return false;
	if (node->largest_gap < search->length &&
		(node->highest >= search->limit ||
			search->limit - node->highest < search->length)) {
		lower_limit(search, node->lowest);
		return false;
	}
	mapping = &node->mapping;
	if (search_gap(node->right, search) || try_gap(search, mapping->end))
		return true;
	lower_limit(search, mapping->start);
	if (mapping->grows_down && mapping->start > GUEST_STACK_GUARD_GAP)
		lower_limit(search, mapping->start - GUEST_STACK_GUARD_GAP);
	return search_gap(node->left, search);
}

uint64_t
intervals_find_gap(uint64_t lower, uint64_t upper, uint64_t length, uint64_t alignment)
{
	struct gap_search search = {
		.lower = lower, .limit = upper, .length = length, .alignment = alignment
	};

	if (search_gap(root, &search) || try_gap(&search, lower))
		return search.found;
	return 0;
}

uint64_t
intervals_count(void)
{
	return used_count;
}
