// SPDX-License-Identifier: Apache-2.0

package shape

import "fmt"

type Shape interface{ Area() float64 }
type Square struct{ Side float64 }
type Circle struct{ Radius float64 }

func (s *Square) Area() float64 { return s.Side * s.Side }
func (c Circle) Area() float64  { return 3.25 * c.Radius * c.Radius }

func Sum[T interface{ ~int | ~float64 }](values ...T) (total T) {
	for _, v := range values {
		total += v
	}
	return
}
func Name(s Shape) string { return fmt.Sprintf("%T %.3f", s, s.Area()) }
