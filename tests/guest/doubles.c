// SPDX-License-Identifier: Apache-2.0
//
// Doubles and floats printed and parsed, conversions, rounding functions, and libm's elementary functions.

#include <fenv.h>
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// clang-format off
static const double samples[] = {
	0.0, -0.0, 1.0, -1.0, 0.5, 1.5, 2.5, -2.5, 0.1, 1e-5, 123456.789, 1e15, 1e16, 1e22, 1e300, -1e-300,
	5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 3.141592653589793, 4503599627370497.5,
	9007199254740993.0, 2147483647.5, -2147483648.5, 4294967296.0, 9.3e18, -9.3e18,
};
// clang-format on

static void
print_all(void)
{
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		volatile double x = samples[i];

		printf("%g %.17g %e %a %.3f|%g\n", x, x, x, x, fabs(x) < 1e20 ? x : 0.0,
			(double)(float)x);
		printf("  %g %g %g %g %g %g\n", floor(x), ceil(x), trunc(x), round(x), rint(x),
			nearbyint(x));
	}
	printf("%f %f %f\n", INFINITY, -INFINITY, NAN);
}

static void
parse_all(void)
{
	static const char *const text[] = { "1e400", "4.9e-324", "2.4703282292062327e-324",
		"0x1.8p3", "inf", "nan", "-.5e-3x", "1.7976931348623158e308",
		"179769313486231570000000000000000000000000", "0.30000000000000004",
		"9007199254740993" };

	for (size_t i = 0; i < sizeof(text) / sizeof(text[0]); i++) {
		char *end;
		double x = strtod(text[i], &end);

		printf("%s -> %.17g [%s] float %.9g\n", text[i], x, end,
			(double)strtof(text[i], NULL));
	}
}

static void
conversions(void)
{
	static const double in_range[] = { 0.0, -0.75, 1.99, 123456.5, -123456.5, 2147483000.25 };

	for (size_t i = 0; i < sizeof(in_range) / sizeof(in_range[0]); i++) {
		volatile double x = in_range[i];
		volatile float f = (float)x;

		printf("%d %lld %ld %lld %d\n", (int)x, (long long)x, lrint(x), llround(x), (int)f);
	}
	volatile uint64_t big = 0xfffffffffffffc01;
	volatile int64_t negative = -9007199254740993;
	printf("%.0f %.0f %.0f %g %g\n", (double)big, (double)negative, (double)(uint32_t)big,
		(double)(float)big, (double)(float)negative);
}

static void
libm(void)
{
	double sum = 0;

	for (int i = 1; i <= 2000; i++) {
		double x = i * 0.01;

		sum += sqrt(x) * fma(x, x, -1.0 / x) + fmod(100 * x, 7) + hypot(x, 3) + cbrt(x);
	}
	printf("%.15g\n", sum);
	/* Elementary functions may differ by an ulp between libm's variants: 12 digits. */
	for (int i = -3; i <= 3; i++) {
		double x = 0.7 * i;

		printf("%.12g %.12g %.12g %.12g %.12g %.12g\n", sin(x), cos(x), tan(x), exp(x),
			atan2(x, 2), log(x * x + 1));
	}
	printf("%.12g %.12g %.12g %.12g\n", pow(2, 0.5), tgamma(5.5), erf(0.3), lgamma(10.1));
	int exponent;
	double mantissa = frexp(1234.5, &exponent);
	printf("%g %d %g %d %g\n", mantissa, exponent, ldexp(0.75, -1070), ilogb(1e-310),
		nextafter(1, 2) - 1);
}

static void
rounding(void)
{
	static const int modes[] = { FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO };

	for (int i = 0; i < 4; i++) {
		volatile double one = 1;
		volatile double three = 3;
		volatile float fone = 1;
		volatile double tie = 2.5;

		fesetround(modes[i]);
		double third = one / three;
		float fthird = fone / (float)three;
		double minus = -one / three;
		long nearest = lrint(tie);
		fesetround(FE_TONEAREST);
		printf("%a %a %a %ld\n", third, (double)fthird, minus, nearest);
	}
	feclearexcept(FE_ALL_EXCEPT);
	volatile double zero = 0;
	volatile double large = DBL_MAX;
	volatile double result = 1 / zero;
	printf("%d", fetestexcept(FE_DIVBYZERO) != 0);
	result = zero / zero;
	printf("%d", fetestexcept(FE_INVALID) != 0);
	result = large * large;
	printf("%d", fetestexcept(FE_OVERFLOW) != 0);
	result = DBL_MIN / 3;
	printf("%d", fetestexcept(FE_INEXACT) != 0);
	feclearexcept(FE_INEXACT);
	printf("%d %g\n", fetestexcept(FE_INEXACT) != 0, result);
}

int
main(void)
{
	print_all();
	parse_all();
	conversions();
	libm();
	rounding();
	return 0;
}
