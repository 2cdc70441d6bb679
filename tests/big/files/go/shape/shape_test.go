// SPDX-License-Identifier: Apache-2.0

package shape

import "testing"

func TestSum(t *testing.T) {
	if Sum(1, 2, 3) != 6 || Sum(1.5, 2.5) != 4 {
		t.Fatal("sum")
	}
}
