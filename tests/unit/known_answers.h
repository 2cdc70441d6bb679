// SPDX-License-Identifier: Apache-2.0
//
// The digest of each form of known_answer_forms.def, in its order. Made by known_answers_guest.c.
// clang-format off
UINT64_C(0xfeb55dab9886db5f), // sqadd v0.8b, v1.8b, v2.8b
UINT64_C(0x138a1bf8c80f6976), // sqadd v0.16b, v1.16b, v2.16b
UINT64_C(0x0b1cb536648c9ea5), // sqadd v0.4h, v1.4h, v2.4h
UINT64_C(0xbf7bbe1e98363668), // sqadd v0.8h, v1.8h, v2.8h
UINT64_C(0x40008c79468feb93), // sqadd v0.2s, v1.2s, v2.2s
UINT64_C(0xaecfc5f984931324), // sqadd v0.4s, v1.4s, v2.4s
UINT64_C(0x33bc497f0192197e), // sqadd v0.2d, v1.2d, v2.2d
UINT64_C(0xd3516577bd7c927c), // sqadd b0, b1, b2
UINT64_C(0x1e1a86d2db6a4597), // sqadd h0, h1, h2
UINT64_C(0xcbe05f18c5aa3c6f), // sqadd s0, s1, s2
UINT64_C(0xb5becb8ceff85699), // sqadd d0, d1, d2
UINT64_C(0xe67b48796e326df5), // uqadd v0.8b, v1.8b, v2.8b
UINT64_C(0x34824f92d01a6528), // uqadd v0.16b, v1.16b, v2.16b
UINT64_C(0xa12faa0717707ee0), // uqadd v0.4h, v1.4h, v2.4h
UINT64_C(0xe8bd863a66723c9d), // uqadd v0.8h, v1.8h, v2.8h
UINT64_C(0x1ca1fdad97e225f6), // uqadd v0.2s, v1.2s, v2.2s
UINT64_C(0xb80d87d5c6b14f8a), // uqadd v0.4s, v1.4s, v2.4s
UINT64_C(0xf4e06eedbb7992d5), // uqadd v0.2d, v1.2d, v2.2d
UINT64_C(0x623b05e9ebb8eef5), // uqadd b0, b1, b2
UINT64_C(0x36fecf100278e51e), // uqadd h0, h1, h2
UINT64_C(0x9c59b285fea80d1f), // uqadd s0, s1, s2
UINT64_C(0x4b46d347528b0054), // uqadd d0, d1, d2
UINT64_C(0xd51f16eb5e8db946), // sqsub v0.8b, v1.8b, v2.8b
UINT64_C(0x70ad415194924a1c), // sqsub v0.16b, v1.16b, v2.16b
UINT64_C(0x895206b9049f5768), // sqsub v0.4h, v1.4h, v2.4h
UINT64_C(0x9d0baf6d2ae92bd9), // sqsub v0.8h, v1.8h, v2.8h
UINT64_C(0x88e325d74c3e5876), // sqsub v0.2s, v1.2s, v2.2s
UINT64_C(0x09347f629efaaf56), // sqsub v0.4s, v1.4s, v2.4s
UINT64_C(0xf9e825c4ca876afb), // sqsub v0.2d, v1.2d, v2.2d
UINT64_C(0x23e603089aeb5488), // sqsub b0, b1, b2
UINT64_C(0x22f1ccef7b9015b9), // sqsub h0, h1, h2
UINT64_C(0x5b9cf2ad5fae5ee1), // sqsub s0, s1, s2
UINT64_C(0x21b8018e5d9833b1), // sqsub d0, d1, d2
UINT64_C(0x3a4c9906e0920f01), // uqsub v0.8b, v1.8b, v2.8b
UINT64_C(0x08078933b1a72b55), // uqsub v0.16b, v1.16b, v2.16b
UINT64_C(0x770e1dfb9b5c3b26), // uqsub v0.4h, v1.4h, v2.4h
UINT64_C(0xb97c9115175f8940), // uqsub v0.8h, v1.8h, v2.8h
UINT64_C(0x5a9ef43202a0f5aa), // uqsub v0.2s, v1.2s, v2.2s
UINT64_C(0x3d5e7ef6961dfe10), // uqsub v0.4s, v1.4s, v2.4s
UINT64_C(0x22c5514b608bdf06), // uqsub v0.2d, v1.2d, v2.2d
UINT64_C(0xac2001d97b694eef), // uqsub b0, b1, b2
UINT64_C(0xd1c26c669b164aa9), // uqsub h0, h1, h2
UINT64_C(0x36ca516d68400aa2), // uqsub s0, s1, s2
UINT64_C(0xaca4cbbd3ff6e0fe), // uqsub d0, d1, d2
UINT64_C(0x9a6248e30e881878), // suqadd v0.8b, v1.8b
UINT64_C(0xe421435078637f84), // suqadd v0.16b, v1.16b
UINT64_C(0x0de2b323cd3ce265), // suqadd v0.4h, v1.4h
UINT64_C(0x1d471fa2d0c6fd35), // suqadd v0.8h, v1.8h
UINT64_C(0x822f3d8807f48566), // suqadd v0.2s, v1.2s
UINT64_C(0x3e049c9a14ac29ff), // suqadd v0.4s, v1.4s
UINT64_C(0xb95cc3cd306bc760), // suqadd v0.2d, v1.2d
UINT64_C(0x6a28913c0887783d), // suqadd b0, b1
UINT64_C(0xc8582afc6d783bc5), // suqadd h0, h1
UINT64_C(0x35b977bbe9d0ccc0), // suqadd s0, s1
UINT64_C(0x02381ead1df334a5), // suqadd d0, d1
UINT64_C(0xde9254b3d855a043), // usqadd v0.8b, v1.8b
UINT64_C(0x815b5560d21cb416), // usqadd v0.16b, v1.16b
UINT64_C(0xa81723ed69d428ac), // usqadd v0.4h, v1.4h
UINT64_C(0xb24fab554b4e7087), // usqadd v0.8h, v1.8h
UINT64_C(0x4cdb05c74cfcfb8a), // usqadd v0.2s, v1.2s
UINT64_C(0x8e9950dbf765b5e4), // usqadd v0.4s, v1.4s
UINT64_C(0x3cb669fb77d950d2), // usqadd v0.2d, v1.2d
UINT64_C(0x6dfcf9d9d086b43c), // usqadd b0, b1
UINT64_C(0x3fc5802a2bf4a604), // usqadd h0, h1
UINT64_C(0x1fec363ae6759c1a), // usqadd s0, s1
UINT64_C(0x9f9d30f0788bfbcb), // usqadd d0, d1
UINT64_C(0x2e42acf05e9488f2), // sqabs v0.8b, v1.8b
UINT64_C(0x2b4268fed50695c3), // sqabs v0.16b, v1.16b
UINT64_C(0x083306f6c32b169e), // sqabs v0.4h, v1.4h
UINT64_C(0x8d538ed6fe3de0fd), // sqabs v0.8h, v1.8h
UINT64_C(0x8d34dd1314c5a26e), // sqabs v0.2s, v1.2s
UINT64_C(0x8445650b4bc401a0), // sqabs v0.4s, v1.4s
UINT64_C(0xff6208673a943a6d), // sqabs v0.2d, v1.2d
UINT64_C(0x22d897ad8a068ebc), // sqabs b0, b1
UINT64_C(0x5a26ec74b20f43ee), // sqabs h0, h1
UINT64_C(0x7584dbe8fcb19dfc), // sqabs s0, s1
UINT64_C(0x0661466c535b47a7), // sqabs d0, d1
UINT64_C(0x687f94175a67f5e8), // sqneg v0.8b, v1.8b
UINT64_C(0x7de2c7b100303855), // sqneg v0.16b, v1.16b
UINT64_C(0xfe752d5b642bc792), // sqneg v0.4h, v1.4h
UINT64_C(0x293e0aba6ed599f5), // sqneg v0.8h, v1.8h
UINT64_C(0x4542c1d53bc11f88), // sqneg v0.2s, v1.2s
UINT64_C(0x5bfb0192ad50b169), // sqneg v0.4s, v1.4s
UINT64_C(0xe937a2d62015dd05), // sqneg v0.2d, v1.2d
UINT64_C(0x57ca0a823f6d8cfa), // sqneg b0, b1
UINT64_C(0xc7fc9cf78ec68683), // sqneg h0, h1
UINT64_C(0xea569100fd0b31fe), // sqneg s0, s1
UINT64_C(0x646412673820f719), // sqneg d0, d1
UINT64_C(0xdbb971aa337f5361), // shadd v0.8b, v1.8b, v2.8b
UINT64_C(0xd5f63ab6b3278e42), // shadd v0.16b, v1.16b, v2.16b
UINT64_C(0xfa98b5a445e465f6), // shadd v0.4h, v1.4h, v2.4h
UINT64_C(0x5800d67538fe2101), // shadd v0.8h, v1.8h, v2.8h
UINT64_C(0x2c656c316551179d), // shadd v0.2s, v1.2s, v2.2s
UINT64_C(0x372f5432d2d450b9), // shadd v0.4s, v1.4s, v2.4s
UINT64_C(0x8ff3a29160c5f061), // uhadd v0.8b, v1.8b, v2.8b
UINT64_C(0x94e8acb72d797ec2), // uhadd v0.16b, v1.16b, v2.16b
UINT64_C(0xe26e98fb1768ba76), // uhadd v0.4h, v1.4h, v2.4h
UINT64_C(0x046d2a29511d2f81), // uhadd v0.8h, v1.8h, v2.8h
UINT64_C(0xba7044acb9de709d), // uhadd v0.2s, v1.2s, v2.2s
UINT64_C(0x4df53b5fb14edeb9), // uhadd v0.4s, v1.4s, v2.4s
UINT64_C(0x5332b72785b8bf69), // shsub v0.8b, v1.8b, v2.8b
UINT64_C(0x401161cfa572d616), // shsub v0.16b, v1.16b, v2.16b
UINT64_C(0xfa671b48407dab8f), // shsub v0.4h, v1.4h, v2.4h
UINT64_C(0xf003f502ea11ba19), // shsub v0.8h, v1.8h, v2.8h
UINT64_C(0x4122502add0c9327), // shsub v0.2s, v1.2s, v2.2s
UINT64_C(0x6eb77922b13fc8ca), // shsub v0.4s, v1.4s, v2.4s
UINT64_C(0x4b442749956a7269), // uhsub v0.8b, v1.8b, v2.8b
UINT64_C(0xd87311c1f9c58b96), // uhsub v0.16b, v1.16b, v2.16b
UINT64_C(0xae11ff6b565b700f), // uhsub v0.4h, v1.4h, v2.4h
UINT64_C(0x5af897200ff1e599), // uhsub v0.8h, v1.8h, v2.8h
UINT64_C(0x946146146ed1a527), // uhsub v0.2s, v1.2s, v2.2s
UINT64_C(0x47bb05a5907c3fca), // uhsub v0.4s, v1.4s, v2.4s
UINT64_C(0xe797de5bad9d797b), // srhadd v0.8b, v1.8b, v2.8b
UINT64_C(0x33144c798875df2a), // srhadd v0.16b, v1.16b, v2.16b
UINT64_C(0xda78e364205b5803), // srhadd v0.4h, v1.4h, v2.4h
UINT64_C(0xfc769732d2a9b2e1), // srhadd v0.8h, v1.8h, v2.8h
UINT64_C(0x5bb615af61d8316e), // srhadd v0.2s, v1.2s, v2.2s
UINT64_C(0x098bcecffcf27d6b), // srhadd v0.4s, v1.4s, v2.4s
UINT64_C(0xd610ecf985f5547b), // urhadd v0.8b, v1.8b, v2.8b
UINT64_C(0xd06053f39897d6aa), // urhadd v0.16b, v1.16b, v2.16b
UINT64_C(0x16cc972df105a083), // urhadd v0.4h, v1.4h, v2.4h
UINT64_C(0xbe732924bc37d161), // urhadd v0.8h, v1.8h, v2.8h
UINT64_C(0xe7c4f272d54d956e), // urhadd v0.2s, v1.2s, v2.2s
UINT64_C(0x3a0e9c26c59ace6b), // urhadd v0.4s, v1.4s, v2.4s
UINT64_C(0x141b677d7ce798c5), // sabd v0.8b, v1.8b, v2.8b
UINT64_C(0xb42e1ab27e6269f7), // sabd v0.16b, v1.16b, v2.16b
UINT64_C(0x04862fc517598165), // sabd v0.4h, v1.4h, v2.4h
UINT64_C(0x52d1d6a9f3893fb6), // sabd v0.8h, v1.8h, v2.8h
UINT64_C(0xa029981131c69cbb), // sabd v0.2s, v1.2s, v2.2s
UINT64_C(0x43a2c29eefecfe9f), // sabd v0.4s, v1.4s, v2.4s
UINT64_C(0x4c19228f8ba17713), // uabd v0.8b, v1.8b, v2.8b
UINT64_C(0xccb8746dd5f52c0b), // uabd v0.16b, v1.16b, v2.16b
UINT64_C(0xde1f9d723641dfd3), // uabd v0.4h, v1.4h, v2.4h
UINT64_C(0x85f84a5f67410c9f), // uabd v0.8h, v1.8h, v2.8h
UINT64_C(0x734e15da40ddaf1a), // uabd v0.2s, v1.2s, v2.2s
UINT64_C(0xa21996a82f17a935), // uabd v0.4s, v1.4s, v2.4s
UINT64_C(0x34f4f0294b54552a), // smax v0.8b, v1.8b, v2.8b
UINT64_C(0x688042fe13e9d8d7), // smax v0.16b, v1.16b, v2.16b
UINT64_C(0x34d0d0f9c94d0cf4), // smax v0.4h, v1.4h, v2.4h
UINT64_C(0x0f43b296506f0ef1), // smax v0.8h, v1.8h, v2.8h
UINT64_C(0x64b0aa59d4b2c678), // smax v0.2s, v1.2s, v2.2s
UINT64_C(0xe9ce72e19da1b3ea), // smax v0.4s, v1.4s, v2.4s
UINT64_C(0x0c6b93d0941a88f7), // umax v0.8b, v1.8b, v2.8b
UINT64_C(0xf75178c534b37a29), // umax v0.16b, v1.16b, v2.16b
UINT64_C(0x838d4129dbb536f7), // umax v0.4h, v1.4h, v2.4h
UINT64_C(0x89eef428f84fda5e), // umax v0.8h, v1.8h, v2.8h
UINT64_C(0x14d509f603f066bd), // umax v0.2s, v1.2s, v2.2s
UINT64_C(0x0f7d9ad5be6c399e), // umax v0.4s, v1.4s, v2.4s
UINT64_C(0xc82cc5f4f48546ca), // smin v0.8b, v1.8b, v2.8b
UINT64_C(0x262407987516b17f), // smin v0.16b, v1.16b, v2.16b
UINT64_C(0x3cc45b518fb2409c), // smin v0.4h, v1.4h, v2.4h
UINT64_C(0xe3187bcc3a1872e5), // smin v0.8h, v1.8h, v2.8h
UINT64_C(0x300877dcbc9f6735), // smin v0.2s, v1.2s, v2.2s
UINT64_C(0x618f07603eab626b), // smin v0.4s, v1.4s, v2.4s
UINT64_C(0x0297c07677518e2b), // umin v0.8b, v1.8b, v2.8b
UINT64_C(0x4403cf5741946e7d), // umin v0.16b, v1.16b, v2.16b
UINT64_C(0xeac12d1fb9016cff), // umin v0.4h, v1.4h, v2.4h
UINT64_C(0x24c275348d2f17a2), // umin v0.8h, v1.8h, v2.8h
UINT64_C(0xbb6d4cb5130043c4), // umin v0.2s, v1.2s, v2.2s
UINT64_C(0xd681235b71cabc4b), // umin v0.4s, v1.4s, v2.4s
UINT64_C(0xcfa6fcad6e1770f7), // cmtst v0.8b, v1.8b, v2.8b
UINT64_C(0x6c2cef89dcd3d8c4), // cmtst v0.16b, v1.16b, v2.16b
UINT64_C(0xcb260181524f717d), // cmtst v0.4h, v1.4h, v2.4h
UINT64_C(0x4eb696037863eaa5), // cmtst v0.8h, v1.8h, v2.8h
UINT64_C(0x91c21c5f7d7d0705), // cmtst v0.2s, v1.2s, v2.2s
UINT64_C(0xe9dcfd0bc9f0e2a1), // cmtst v0.4s, v1.4s, v2.4s
UINT64_C(0xdf8d401d103359ad), // cmtst v0.2d, v1.2d, v2.2d
UINT64_C(0x22f2a70c5fedf1cd), // cmtst d0, d1, d2
UINT64_C(0x654ba08676dc5664), // cmhi v0.8b, v1.8b, v2.8b
UINT64_C(0x8415ba7102415d24), // cmhi v0.16b, v1.16b, v2.16b
UINT64_C(0x2046181ce45c88b5), // cmhi v0.4h, v1.4h, v2.4h
UINT64_C(0xec6c05ae9a1acf5f), // cmhi v0.8h, v1.8h, v2.8h
UINT64_C(0xbbb03052bc913229), // cmhi v0.2s, v1.2s, v2.2s
UINT64_C(0x8495cba4d2afe6c1), // cmhi v0.4s, v1.4s, v2.4s
UINT64_C(0x595eac236e270575), // cmhi v0.2d, v1.2d, v2.2d
UINT64_C(0x925bdb926ba2d5f5), // cmhi d0, d1, d2
UINT64_C(0x006767a3e531bb37), // cmhs v0.8b, v1.8b, v2.8b
UINT64_C(0x590dd1e52e65c0f9), // cmhs v0.16b, v1.16b, v2.16b
UINT64_C(0xe43d1b50c3084543), // cmhs v0.4h, v1.4h, v2.4h
UINT64_C(0x76b59c2adb6bfc0b), // cmhs v0.8h, v1.8h, v2.8h
UINT64_C(0xa7e681199c7442a9), // cmhs v0.2s, v1.2s, v2.2s
UINT64_C(0xf7325a4506b94099), // cmhs v0.4s, v1.4s, v2.4s
UINT64_C(0x6939cf7f6362f49d), // cmhs v0.2d, v1.2d, v2.2d
UINT64_C(0xa6b226932b4da8bd), // cmhs d0, d1, d2
UINT64_C(0xfe370f243048f141), // abs v0.8b, v1.8b
UINT64_C(0x6fb64b7ec4c53dd3), // abs v0.16b, v1.16b
UINT64_C(0x86ec11274cac33f6), // abs v0.4h, v1.4h
UINT64_C(0x4181e8ebf24c7b87), // abs v0.8h, v1.8h
UINT64_C(0xf6ebb5ca82dd345e), // abs v0.2s, v1.2s
UINT64_C(0xe7ef58ef501b70ec), // abs v0.4s, v1.4s
UINT64_C(0x8b48b6fe4388ad7d), // abs v0.2d, v1.2d
UINT64_C(0x4e86d65a33249ba7), // abs d0, d1
UINT64_C(0x8b83b8c9d1c19797), // neg v0.8b, v1.8b
UINT64_C(0x1f5682e57fda6bc1), // neg v0.16b, v1.16b
UINT64_C(0x823060249fae60c6), // neg v0.4h, v1.4h
UINT64_C(0x4db72234bc37ad07), // neg v0.8h, v1.8h
UINT64_C(0xf29199995a40b2a8), // neg v0.2s, v1.2s
UINT64_C(0xc5aeae8e8e24fd75), // neg v0.4s, v1.4s
UINT64_C(0x05ad740224bbd065), // neg v0.2d, v1.2d
UINT64_C(0x52cc8be262bc1e59), // neg d0, d1
UINT64_C(0x591b4ce3d6744012), // mul v0.8b, v1.8b, v2.8b
UINT64_C(0x623208225b4c72e2), // mul v0.16b, v1.16b, v2.16b
UINT64_C(0x1135c21283bdee30), // mul v0.4h, v1.4h, v2.4h
UINT64_C(0x8495826716146ebf), // mul v0.8h, v1.8h, v2.8h
UINT64_C(0x8dc9d00ddbbef5a4), // mul v0.2s, v1.2s, v2.2s
UINT64_C(0x95721f6598121d16), // mul v0.4s, v1.4s, v2.4s
UINT64_C(0xb1b6f5d84809e347), // smull v0.8h, v1.8b, v2.8b
UINT64_C(0xe79aad4932a0ab4b), // smull2 v0.8h, v1.16b, v2.16b
UINT64_C(0xcda028008fec7d13), // smull v0.4s, v1.4h, v2.4h
UINT64_C(0xb079f23984f8cfc4), // smull2 v0.4s, v1.8h, v2.8h
UINT64_C(0xc5f8062fbf3623b8), // smull v0.2d, v1.2s, v2.2s
UINT64_C(0x2d895fd1bcce5ba4), // smull2 v0.2d, v1.4s, v2.4s
UINT64_C(0x765258031bf03f38), // umull v0.8h, v1.8b, v2.8b
UINT64_C(0xd37762f0a5c21d1c), // umull2 v0.8h, v1.16b, v2.16b
UINT64_C(0x6317a601397ca6ab), // umull v0.4s, v1.4h, v2.4h
UINT64_C(0xa90082fd3e59267b), // umull2 v0.4s, v1.8h, v2.8h
UINT64_C(0x55549cae56097a8d), // umull v0.2d, v1.2s, v2.2s
UINT64_C(0x43b5f0a3fb1fccf4), // umull2 v0.2d, v1.4s, v2.4s
UINT64_C(0x7fe66c4cd4346af5), // sqdmull v0.4s, v1.4h, v2.4h
UINT64_C(0xddbecc2ccd314418), // sqdmull2 v0.4s, v1.8h, v2.8h
UINT64_C(0x185bd0e37dec5ef0), // sqdmull v0.2d, v1.2s, v2.2s
UINT64_C(0xb7f0535092ca00e2), // sqdmull2 v0.2d, v1.4s, v2.4s
UINT64_C(0xe61fd94273ce8dc7), // sqdmull s0, h1, h2
UINT64_C(0xbb16ed710d38d6dd), // sqdmull d0, s1, s2
UINT64_C(0xeba6f17684a0e0e5), // sqdmlal v0.4s, v1.4h, v2.4h
UINT64_C(0x9f704de0fa6a9c89), // sqdmlal2 v0.4s, v1.8h, v2.8h
UINT64_C(0x9d045d4bc7bdf406), // sqdmlal v0.2d, v1.2s, v2.2s
UINT64_C(0x5ecb74739dbba901), // sqdmlal2 v0.2d, v1.4s, v2.4s
UINT64_C(0xdbbf28008bc1a1a8), // sqdmlal s0, h1, h2
UINT64_C(0x34c2f8287dc4d571), // sqdmlal d0, s1, s2
UINT64_C(0x6c68c3a7c3bf2149), // sqdmlsl v0.4s, v1.4h, v2.4h
UINT64_C(0x856c60a8361118f5), // sqdmlsl2 v0.4s, v1.8h, v2.8h
UINT64_C(0xbeeb057da81230ca), // sqdmlsl v0.2d, v1.2s, v2.2s
UINT64_C(0xd27aebb99134b754), // sqdmlsl2 v0.2d, v1.4s, v2.4s
UINT64_C(0xb0e70d5450b856b7), // sqdmlsl s0, h1, h2
UINT64_C(0xa49c27f6b6ebfcd7), // sqdmlsl d0, s1, s2
UINT64_C(0xfb84cf2bc80aa271), // sqdmulh v0.4h, v1.4h, v2.4h
UINT64_C(0x2eae2e4605775f31), // sqdmulh v0.8h, v1.8h, v2.8h
UINT64_C(0x1cbedd0dca0511f2), // sqdmulh v0.2s, v1.2s, v2.2s
UINT64_C(0x2d73d4a2f0fe3341), // sqdmulh v0.4s, v1.4s, v2.4s
UINT64_C(0x62326c720d8e1d02), // sqdmulh h0, h1, h2
UINT64_C(0xf4a17ddf1b709816), // sqdmulh s0, s1, s2
UINT64_C(0x72d16bb740bc669d), // sqrdmulh v0.4h, v1.4h, v2.4h
UINT64_C(0xddcad351a3e72344), // sqrdmulh v0.8h, v1.8h, v2.8h
UINT64_C(0xad6163a79ed70805), // sqrdmulh v0.2s, v1.2s, v2.2s
UINT64_C(0xb3be777ac8c677db), // sqrdmulh v0.4s, v1.4s, v2.4s
UINT64_C(0xdab4e3c460fc9d35), // sqrdmulh h0, h1, h2
UINT64_C(0xb81c541a24fe532d), // sqrdmulh s0, s1, s2
UINT64_C(0x5673a72222269f4e), // pmul v0.8b, v1.8b, v2.8b
UINT64_C(0x1915db1db71b5f5e), // pmul v0.16b, v1.16b, v2.16b
UINT64_C(0x20e790f98f275ed1), // pmull v0.8h, v1.8b, v2.8b
UINT64_C(0xcb3892a7a6967029), // pmull2 v0.8h, v1.16b, v2.16b
UINT64_C(0x0cf5db3386f706f4), // pmull v0.1q, v1.1d, v2.1d
UINT64_C(0x2ef18ee6a24a74a7), // pmull2 v0.1q, v1.2d, v2.2d
UINT64_C(0xb8504c4f5f16ee92), // sshl v0.8b, v1.8b, v2.8b
UINT64_C(0x5a8597393a6a0d80), // sshl v0.16b, v1.16b, v2.16b
UINT64_C(0xbcdee21f1d4ba9f7), // sshl v0.4h, v1.4h, v2.4h
UINT64_C(0x35165359b9320bca), // sshl v0.8h, v1.8h, v2.8h
UINT64_C(0xe9bbe0887b40370a), // sshl v0.2s, v1.2s, v2.2s
UINT64_C(0x82d5a88f49fa7c80), // sshl v0.4s, v1.4s, v2.4s
UINT64_C(0x9453f69aef70a0e1), // sshl v0.2d, v1.2d, v2.2d
UINT64_C(0x0d959b2e0c89f6b7), // sshl d0, d1, d2
UINT64_C(0x5635e292bdedb25a), // ushl v0.8b, v1.8b, v2.8b
UINT64_C(0x98368087a13ed555), // ushl v0.16b, v1.16b, v2.16b
UINT64_C(0x08be921c02a4eccb), // ushl v0.4h, v1.4h, v2.4h
UINT64_C(0xdc803850e2fb6c51), // ushl v0.8h, v1.8h, v2.8h
UINT64_C(0xd77adb7ef840fdb0), // ushl v0.2s, v1.2s, v2.2s
UINT64_C(0x314be023ed69422d), // ushl v0.4s, v1.4s, v2.4s
UINT64_C(0xfda989ad05d78332), // ushl v0.2d, v1.2d, v2.2d
UINT64_C(0x845f3afa9f75bba5), // ushl d0, d1, d2
UINT64_C(0x44f1181282d78003), // srshl v0.8b, v1.8b, v2.8b
UINT64_C(0x6e52b2717ad3a02c), // srshl v0.16b, v1.16b, v2.16b
UINT64_C(0x62ef96cb1cc4b295), // srshl v0.4h, v1.4h, v2.4h
UINT64_C(0x006664cc81f9332b), // srshl v0.8h, v1.8h, v2.8h
UINT64_C(0xedd3ff5b13521864), // srshl v0.2s, v1.2s, v2.2s
UINT64_C(0xb83371f44180f197), // srshl v0.4s, v1.4s, v2.4s
UINT64_C(0x569d8ee0224abaff), // srshl v0.2d, v1.2d, v2.2d
UINT64_C(0x85cf83e8d258876d), // srshl d0, d1, d2
UINT64_C(0xb2451bf9d229a6c2), // urshl v0.8b, v1.8b, v2.8b
UINT64_C(0xe2c1567eaeba144d), // urshl v0.16b, v1.16b, v2.16b
UINT64_C(0x932a9a4ff5bd46b8), // urshl v0.4h, v1.4h, v2.4h
UINT64_C(0x3aabce225c1731bf), // urshl v0.8h, v1.8h, v2.8h
UINT64_C(0x4fe5e22982085711), // urshl v0.2s, v1.2s, v2.2s
UINT64_C(0xaa5f61577d594965), // urshl v0.4s, v1.4s, v2.4s
UINT64_C(0x29415674b194b4ad), // urshl v0.2d, v1.2d, v2.2d
UINT64_C(0x502ed98dd10f109a), // urshl d0, d1, d2
UINT64_C(0x2e67c90d584c7b4a), // sqshl v0.8b, v1.8b, v2.8b
UINT64_C(0x1e2517b9df2a00e6), // sqshl v0.16b, v1.16b, v2.16b
UINT64_C(0x3066548baf93f54d), // sqshl v0.4h, v1.4h, v2.4h
UINT64_C(0xf283543369b01ee8), // sqshl v0.8h, v1.8h, v2.8h
UINT64_C(0x39c49233df887f38), // sqshl v0.2s, v1.2s, v2.2s
UINT64_C(0x8e4b1a1a4b18f2da), // sqshl v0.4s, v1.4s, v2.4s
UINT64_C(0x9762d8c50957cf4a), // sqshl v0.2d, v1.2d, v2.2d
UINT64_C(0x647b3672cd38472c), // sqshl b0, b1, b2
UINT64_C(0x2b36281d3c5b998c), // sqshl h0, h1, h2
UINT64_C(0xa7550dc261206f15), // sqshl s0, s1, s2
UINT64_C(0xdcccf163bd05d58c), // sqshl d0, d1, d2
UINT64_C(0x787ee2dea7304aeb), // uqshl v0.8b, v1.8b, v2.8b
UINT64_C(0x6a01a0d40045114e), // uqshl v0.16b, v1.16b, v2.16b
UINT64_C(0x8dd0b8b38359621a), // uqshl v0.4h, v1.4h, v2.4h
UINT64_C(0xc7b19998cc48fdcc), // uqshl v0.8h, v1.8h, v2.8h
UINT64_C(0x34405971656c2122), // uqshl v0.2s, v1.2s, v2.2s
UINT64_C(0x249f8fdd1154d59a), // uqshl v0.4s, v1.4s, v2.4s
UINT64_C(0x906e755b6c1597b2), // uqshl v0.2d, v1.2d, v2.2d
UINT64_C(0x618a7c52d8aaab85), // uqshl b0, b1, b2
UINT64_C(0x72eda5ff4e841c74), // uqshl h0, h1, h2
UINT64_C(0x1cc7e51dd0cd4c1a), // uqshl s0, s1, s2
UINT64_C(0x188a656e0a0364bb), // uqshl d0, d1, d2
UINT64_C(0x1dd184e9a559d6c3), // sqrshl v0.8b, v1.8b, v2.8b
UINT64_C(0x960666e4397b269e), // sqrshl v0.16b, v1.16b, v2.16b
UINT64_C(0x83f8d57ded36a1ef), // sqrshl v0.4h, v1.4h, v2.4h
UINT64_C(0x315ad00d12e2e9ad), // sqrshl v0.8h, v1.8h, v2.8h
UINT64_C(0xf7def651df06bdee), // sqrshl v0.2s, v1.2s, v2.2s
UINT64_C(0xa3d050d283bb5501), // sqrshl v0.4s, v1.4s, v2.4s
UINT64_C(0xc7a1724b4a692e60), // sqrshl v0.2d, v1.2d, v2.2d
UINT64_C(0xfbbdaeb8899289d1), // sqrshl b0, b1, b2
UINT64_C(0xbdffd55566619232), // sqrshl h0, h1, h2
UINT64_C(0x5cb58180ce486110), // sqrshl s0, s1, s2
UINT64_C(0x2e2f41b49bac28e2), // sqrshl d0, d1, d2
UINT64_C(0x4b78e7f481b1ca7f), // uqrshl v0.8b, v1.8b, v2.8b
UINT64_C(0x238c84109f17e66a), // uqrshl v0.16b, v1.16b, v2.16b
UINT64_C(0x8ee9cb9bf5e13e45), // uqrshl v0.4h, v1.4h, v2.4h
UINT64_C(0xa980c86f904c568a), // uqrshl v0.8h, v1.8h, v2.8h
UINT64_C(0x61ff21970d959bab), // uqrshl v0.2s, v1.2s, v2.2s
UINT64_C(0x9843ad70584f9186), // uqrshl v0.4s, v1.4s, v2.4s
UINT64_C(0x2207fe2072ede051), // uqrshl v0.2d, v1.2d, v2.2d
UINT64_C(0xaa135e6bac4e8fd3), // uqrshl b0, b1, b2
UINT64_C(0x1b644d8308b16429), // uqrshl h0, h1, h2
UINT64_C(0x8b72191bbf889249), // uqrshl s0, s1, s2
UINT64_C(0x264e04d45fe1ac88), // uqrshl d0, d1, d2
UINT64_C(0xd6e589ec673d5733), // shl v0.8b, v1.8b, #0
UINT64_C(0xf18c0d35b1385825), // shl v0.16b, v1.16b, #7
UINT64_C(0x7c509a4db7e11f20), // shl v0.4h, v1.4h, #5
UINT64_C(0xd3aa80e217183125), // shl v0.8h, v1.8h, #15
UINT64_C(0x13294e36383d9115), // shl v0.2s, v1.2s, #1
UINT64_C(0xb1cbf644126d65a5), // shl v0.4s, v1.4s, #31
UINT64_C(0x9e679a963645c713), // shl v0.2d, v1.2d, #0
UINT64_C(0xf137d6076e7612a5), // shl v0.2d, v1.2d, #63
UINT64_C(0xf7232aa85e134c0b), // shl d0, d1, #17
UINT64_C(0xaba91192b7c70261), // sshr v0.8b, v1.8b, #1
UINT64_C(0x2c3517465b74643e), // sshr v0.16b, v1.16b, #8
UINT64_C(0xe854a8e856478273), // sshr v0.4h, v1.4h, #5
UINT64_C(0xba5287504a5db4e9), // sshr v0.8h, v1.8h, #16
UINT64_C(0xbb2403b471a3c780), // sshr v0.2s, v1.2s, #1
UINT64_C(0x05ec38ab252e6819), // sshr v0.4s, v1.4s, #32
UINT64_C(0xfa35840f14c11b3e), // sshr v0.2d, v1.2d, #1
UINT64_C(0x4200e05edc1868b5), // sshr v0.2d, v1.2d, #64
UINT64_C(0xa3a81c83dd5d9f9b), // sshr d0, d1, #17
UINT64_C(0x5ab2688938f3a161), // ushr v0.8b, v1.8b, #1
UINT64_C(0x600f98ab98233825), // ushr v0.16b, v1.16b, #8
UINT64_C(0xd12517937295f543), // ushr v0.4h, v1.4h, #5
UINT64_C(0x600f98ab98233825), // ushr v0.8h, v1.8h, #16
UINT64_C(0x951d84bd0ad62780), // ushr v0.2s, v1.2s, #1
UINT64_C(0x600f98ab98233825), // ushr v0.4s, v1.4s, #32
UINT64_C(0x22a018b81d701a3e), // ushr v0.2d, v1.2d, #1
UINT64_C(0x600f98ab98233825), // ushr v0.2d, v1.2d, #64
UINT64_C(0x898ab9279df674ed), // ushr d0, d1, #17
UINT64_C(0x1cd90e8245b10887), // srshr v0.8b, v1.8b, #1
UINT64_C(0x600f98ab98233825), // srshr v0.16b, v1.16b, #8
UINT64_C(0x4e4121b77082df19), // srshr v0.4h, v1.4h, #5
UINT64_C(0x600f98ab98233825), // srshr v0.8h, v1.8h, #16
UINT64_C(0xceccddb7c5653bce), // srshr v0.2s, v1.2s, #1
UINT64_C(0x600f98ab98233825), // srshr v0.4s, v1.4s, #32
UINT64_C(0xa2ad8f7038ca9d05), // srshr v0.2d, v1.2d, #1
UINT64_C(0x600f98ab98233825), // srshr v0.2d, v1.2d, #64
UINT64_C(0x267a3107b6e25071), // srshr d0, d1, #17
UINT64_C(0x3e349d61ed04e487), // urshr v0.8b, v1.8b, #1
UINT64_C(0x9fd6dab5e09a7f88), // urshr v0.16b, v1.16b, #8
UINT64_C(0x7a33d70c22082089), // urshr v0.4h, v1.4h, #5
UINT64_C(0xb603b6a8f30e6cc5), // urshr v0.8h, v1.8h, #16
UINT64_C(0xcdbcf9d2000299ce), // urshr v0.2s, v1.2s, #1
UINT64_C(0x4d91502ca05174f4), // urshr v0.4s, v1.4s, #32
UINT64_C(0x6bc40444818a7f05), // urshr v0.2d, v1.2d, #1
UINT64_C(0x214230411a0e4a05), // urshr v0.2d, v1.2d, #64
UINT64_C(0x839e0b1535576d4f), // urshr d0, d1, #17
UINT64_C(0x77540dd052a252e1), // sri v0.8b, v1.8b, #1
UINT64_C(0xd7e308d72e858f9f), // sri v0.16b, v1.16b, #8
UINT64_C(0x19f1346a1575e03b), // sri v0.4h, v1.4h, #5
UINT64_C(0xba00017ecbda68f1), // sri v0.8h, v1.8h, #16
UINT64_C(0x81da629f44442800), // sri v0.2s, v1.2s, #1
UINT64_C(0xac2204d3a7c4c37c), // sri v0.4s, v1.4s, #32
UINT64_C(0xc08c95f4c945da3e), // sri v0.2d, v1.2d, #1
UINT64_C(0x985e1dc24c973bc8), // sri v0.2d, v1.2d, #64
UINT64_C(0x88d21f86089178f2), // sri d0, d1, #17
UINT64_C(0xd6e589ec673d5733), // sli v0.8b, v1.8b, #0
UINT64_C(0x5a676f255a53319f), // sli v0.16b, v1.16b, #7
UINT64_C(0x8b694804c439eddc), // sli v0.4h, v1.4h, #5
UINT64_C(0xb5a5971d5e80c9f1), // sli v0.8h, v1.8h, #15
UINT64_C(0x6857701ee486b23d), // sli v0.2s, v1.2s, #1
UINT64_C(0xc070caa488175dfc), // sli v0.4s, v1.4s, #31
UINT64_C(0x9e679a963645c713), // sli v0.2d, v1.2d, #0
UINT64_C(0x604546ef022ed448), // sli v0.2d, v1.2d, #63
UINT64_C(0xa49d0385b7562d73), // sli d0, d1, #17
UINT64_C(0xd6e589ec673d5733), // sqshl v0.8b, v1.8b, #0
UINT64_C(0x87a7de7e62deb2b8), // sqshl v0.16b, v1.16b, #7
UINT64_C(0xb84789b11b36bc52), // sqshl v0.4h, v1.4h, #5
UINT64_C(0x56453174f3ae2bed), // sqshl v0.8h, v1.8h, #15
UINT64_C(0xfbf1c8d558095e65), // sqshl v0.2s, v1.2s, #1
UINT64_C(0x2aa5023c131080b5), // sqshl v0.4s, v1.4s, #31
UINT64_C(0x9e679a963645c713), // sqshl v0.2d, v1.2d, #0
UINT64_C(0x5c70103b31564a45), // sqshl v0.2d, v1.2d, #63
UINT64_C(0xd7cc0e160070c2dd), // sqshl d0, d1, #17
UINT64_C(0x853c0c2e152fafdd), // sqshl b0, b1, #3
UINT64_C(0x5ef076d23d4d241d), // sqshl h0, h1, #9
UINT64_C(0x01c95bf9e1fc2d4d), // sqshl s0, s1, #31
UINT64_C(0xd6e589ec673d5733), // uqshl v0.8b, v1.8b, #0
UINT64_C(0x7e72cd8cf80e500e), // uqshl v0.16b, v1.16b, #7
UINT64_C(0xd9a80863b79f8d45), // uqshl v0.4h, v1.4h, #5
UINT64_C(0x3400af95dba8c1ad), // uqshl v0.8h, v1.8h, #15
UINT64_C(0xc9b21e357283e5c8), // uqshl v0.2s, v1.2s, #1
UINT64_C(0xc6ee21761f815c99), // uqshl v0.4s, v1.4s, #31
UINT64_C(0x9e679a963645c713), // uqshl v0.2d, v1.2d, #0
UINT64_C(0x32be2b0e850f1ebd), // uqshl v0.2d, v1.2d, #63
UINT64_C(0xc84b32232dc338cd), // uqshl d0, d1, #17
UINT64_C(0xcfc3b243cc195522), // uqshl b0, b1, #3
UINT64_C(0x970ef15a0bc6145d), // uqshl h0, h1, #9
UINT64_C(0x6c55fa0b17454b25), // uqshl s0, s1, #31
UINT64_C(0xe450bcf9823bee66), // sqshlu v0.8b, v1.8b, #0
UINT64_C(0x43d31ca092130f21), // sqshlu v0.16b, v1.16b, #7
UINT64_C(0x8716bf74f977db6d), // sqshlu v0.4h, v1.4h, #5
UINT64_C(0x1d73c69eadf2abf9), // sqshlu v0.8h, v1.8h, #15
UINT64_C(0x79c86e4c510d23f8), // sqshlu v0.2s, v1.2s, #1
UINT64_C(0x62bd6557d714f4b5), // sqshlu v0.4s, v1.4s, #31
UINT64_C(0x8c2409e3321bf381), // sqshlu v0.2d, v1.2d, #0
UINT64_C(0x66cbd95835b99c4d), // sqshlu v0.2d, v1.2d, #63
UINT64_C(0x0d4d15c96d731575), // sqshlu d0, d1, #17
UINT64_C(0x79494d39ad83c7d2), // sqshlu b0, b1, #3
UINT64_C(0x92d93c2ab1370151), // sqshlu h0, h1, #9
UINT64_C(0xd8919016a750a3b1), // sqshlu s0, s1, #31
UINT64_C(0x8753380524b4a079), // sshll v0.8h, v1.8b, #0
UINT64_C(0x97e6c96a5c0695da), // sshll2 v0.8h, v1.16b, #7
UINT64_C(0x17ff446158011bee), // sshll v0.4s, v1.4h, #15
UINT64_C(0xb61aa650dd4de782), // sshll2 v0.4s, v1.8h, #3
UINT64_C(0x7b6c25f621e35380), // sshll v0.2d, v1.2s, #31
UINT64_C(0x4c26b92d804c4d1f), // sshll2 v0.2d, v1.4s, #0
UINT64_C(0x8d495ab5afd90b91), // ushll v0.8h, v1.8b, #0
UINT64_C(0x4409c865c620385a), // ushll2 v0.8h, v1.16b, #7
UINT64_C(0xe546c6e44d692eee), // ushll v0.4s, v1.4h, #15
UINT64_C(0x78ce5a4910c575da), // ushll2 v0.4s, v1.8h, #3
UINT64_C(0x1a4bebc964747680), // ushll v0.2d, v1.2s, #31
UINT64_C(0x2b83f20f8b3899d3), // ushll2 v0.2d, v1.4s, #0
UINT64_C(0x1861c1b5c2e494c1), // shrn v0.8b, v1.8h, #1
UINT64_C(0x8d37590fbce72cf1), // shrn2 v0.16b, v1.8h, #8
UINT64_C(0x241adaa95d271f16), // shrn v0.4h, v1.4s, #16
UINT64_C(0x3084cb637a9b71c8), // shrn2 v0.8h, v1.4s, #7
UINT64_C(0xbaaeadc41ce9b96d), // shrn v0.2s, v1.2d, #32
UINT64_C(0xc435580065eea976), // shrn2 v0.4s, v1.2d, #13
UINT64_C(0xbb98cea2093d9a7a), // rshrn v0.8b, v1.8h, #1
UINT64_C(0xa5c659f71e4cd39a), // rshrn2 v0.16b, v1.8h, #8
UINT64_C(0xe94fb06616166f6d), // rshrn v0.4h, v1.4s, #16
UINT64_C(0xa3ee4a11554084ff), // rshrn2 v0.8h, v1.4s, #7
UINT64_C(0x1089e6ecb1e94c3b), // rshrn v0.2s, v1.2d, #32
UINT64_C(0x6e53a45d07d80b98), // rshrn2 v0.4s, v1.2d, #13
UINT64_C(0x7d1ae38cd128c39b), // sqshrn v0.8b, v1.8h, #1
UINT64_C(0x8d37590fbce72cf1), // sqshrn2 v0.16b, v1.8h, #8
UINT64_C(0x241adaa95d271f16), // sqshrn v0.4h, v1.4s, #16
UINT64_C(0xe3f24288271d9e92), // sqshrn2 v0.8h, v1.4s, #7
UINT64_C(0xbaaeadc41ce9b96d), // sqshrn v0.2s, v1.2d, #32
UINT64_C(0x33bb77bb41a5220e), // sqshrn2 v0.4s, v1.2d, #13
UINT64_C(0xb1a828609a1bd54b), // sqshrn b0, h1, #4
UINT64_C(0x26ba4a4fd36483ad), // sqshrn h0, s1, #16
UINT64_C(0x52370aaf94759b61), // sqshrn s0, d1, #1
UINT64_C(0x395b479190285151), // uqshrn v0.8b, v1.8h, #1
UINT64_C(0x8d37590fbce72cf1), // uqshrn2 v0.16b, v1.8h, #8
UINT64_C(0x241adaa95d271f16), // uqshrn v0.4h, v1.4s, #16
UINT64_C(0x3bd0067a9c74d184), // uqshrn2 v0.8h, v1.4s, #7
UINT64_C(0xbaaeadc41ce9b96d), // uqshrn v0.2s, v1.2d, #32
UINT64_C(0xb25a07cb2dde11c2), // uqshrn2 v0.4s, v1.2d, #13
UINT64_C(0x38d8e961420eb201), // uqshrn b0, h1, #4
UINT64_C(0x26ba4a4fd36483ad), // uqshrn h0, s1, #16
UINT64_C(0x5b65f5893187ee6e), // uqshrn s0, d1, #1
UINT64_C(0xe29a105758cb959b), // sqrshrn v0.8b, v1.8h, #1
UINT64_C(0x4dea494f956c6118), // sqrshrn2 v0.16b, v1.8h, #8
UINT64_C(0x53d9abe32a6b7b1d), // sqrshrn v0.4h, v1.4s, #16
UINT64_C(0xa29d32bbf3185eaa), // sqrshrn2 v0.8h, v1.4s, #7
UINT64_C(0x85d17fbaa5048a3b), // sqrshrn v0.2s, v1.2d, #32
UINT64_C(0x8e9430a67aaedffe), // sqrshrn2 v0.4s, v1.2d, #13
UINT64_C(0x9766c3231e16a203), // sqrshrn b0, h1, #4
UINT64_C(0xa76d33b1d7e605f7), // sqrshrn h0, s1, #16
UINT64_C(0x9f11c8d2dd633b0f), // sqrshrn s0, d1, #1
UINT64_C(0x2fa96c5b2ac82c0f), // uqrshrn v0.8b, v1.8h, #1
UINT64_C(0x24db4c5618ec44bb), // uqrshrn2 v0.16b, v1.8h, #8
UINT64_C(0x46b0b5227b3344bd), // uqrshrn v0.4h, v1.4s, #16
UINT64_C(0x055cfab1a5e98d8f), // uqrshrn2 v0.8h, v1.4s, #7
UINT64_C(0x35e24a45ef2d7eb7), // uqrshrn v0.2s, v1.2d, #32
UINT64_C(0x558dd884be9e53bc), // uqrshrn2 v0.4s, v1.2d, #13
UINT64_C(0x67013e59d7a61e62), // uqrshrn b0, h1, #4
UINT64_C(0x711365ed979e79d1), // uqrshrn h0, s1, #16
UINT64_C(0x5bdcb9dc63ef65c9), // uqrshrn s0, d1, #1
UINT64_C(0xc17fbf92d9bfcda5), // sqshrun v0.8b, v1.8h, #1
UINT64_C(0x05ce13c95f99ed3e), // sqshrun2 v0.16b, v1.8h, #8
UINT64_C(0xc5d7f0c91094b937), // sqshrun v0.4h, v1.4s, #16
UINT64_C(0xc4109e40c7434c64), // sqshrun2 v0.8h, v1.4s, #7
UINT64_C(0xa96f22b2e93ede4c), // sqshrun v0.2s, v1.2d, #32
UINT64_C(0x196c3ef2ad070c3a), // sqshrun2 v0.4s, v1.2d, #13
UINT64_C(0xe8fc8f370379ef61), // sqshrun b0, h1, #4
UINT64_C(0x068d93f170390ad6), // sqshrun h0, s1, #16
UINT64_C(0xfb411edc5490ba42), // sqshrun s0, d1, #1
UINT64_C(0xf9737f39390d7b77), // sqrshrun v0.8b, v1.8h, #1
UINT64_C(0xbbaaed7799f427c0), // sqrshrun2 v0.16b, v1.8h, #8
UINT64_C(0x4c8cdcc8f4e71f0b), // sqrshrun v0.4h, v1.4s, #16
UINT64_C(0x04e588903a3e2ddb), // sqrshrun2 v0.8h, v1.4s, #7
UINT64_C(0x6e732c66b40e0c13), // sqrshrun v0.2s, v1.2d, #32
UINT64_C(0xe1a0671847c7380c), // sqrshrun2 v0.4s, v1.2d, #13
UINT64_C(0x25d38ca78831826a), // sqrshrun b0, h1, #4
UINT64_C(0x2c6bfeef7e4bc2a1), // sqrshrun h0, s1, #16
UINT64_C(0xe07e8292d895b355), // sqrshrun s0, d1, #1
UINT64_C(0x001bb525b6388240), // xtn v0.8b, v1.8h
UINT64_C(0xa10839991240ded7), // xtn2 v0.16b, v1.8h
UINT64_C(0xdd8bac277b1faa94), // xtn v0.4h, v1.4s
UINT64_C(0xa89266c0a71888eb), // xtn2 v0.8h, v1.4s
UINT64_C(0xf19b5f21476477c5), // xtn v0.2s, v1.2d
UINT64_C(0x12c4e15fcb733f4b), // xtn2 v0.4s, v1.2d
UINT64_C(0x9ff016c813d4c1ed), // sqxtn v0.8b, v1.8h
UINT64_C(0xc538f25658bbde9a), // sqxtn2 v0.16b, v1.8h
UINT64_C(0xa801ff3ddc1c5437), // sqxtn v0.4h, v1.4s
UINT64_C(0x170fac9941c037c0), // sqxtn2 v0.8h, v1.4s
UINT64_C(0x70b3fd0ec8c8a0a9), // sqxtn v0.2s, v1.2d
UINT64_C(0x1d799754ab452b5b), // sqxtn2 v0.4s, v1.2d
UINT64_C(0x69cf10695da3f96e), // sqxtn b0, h1
UINT64_C(0x739ac20162a6c647), // sqxtn h0, s1
UINT64_C(0xd941473ae4b9a6a7), // sqxtn s0, d1
UINT64_C(0x0e348186ea27c8dc), // uqxtn v0.8b, v1.8h
UINT64_C(0xa4ef094bba6cca1f), // uqxtn2 v0.16b, v1.8h
UINT64_C(0xe6579602cc2e0b5b), // uqxtn v0.4h, v1.4s
UINT64_C(0x4e7495a8aedb9678), // uqxtn2 v0.8h, v1.4s
UINT64_C(0x91eb766ad7fd88e9), // uqxtn v0.2s, v1.2d
UINT64_C(0x23db66a9288804b3), // uqxtn2 v0.4s, v1.2d
UINT64_C(0x2e7e03815e8f2656), // uqxtn b0, h1
UINT64_C(0x56ed39b43568c203), // uqxtn h0, s1
UINT64_C(0xfd590a47b4636b50), // uqxtn s0, d1
UINT64_C(0x70cb5f926840d210), // sqxtun v0.8b, v1.8h
UINT64_C(0xc05248ac87f38c5b), // sqxtun2 v0.16b, v1.8h
UINT64_C(0x71feb2536d7d2b7b), // sqxtun v0.4h, v1.4s
UINT64_C(0x49b3f95738ac7500), // sqxtun2 v0.8h, v1.4s
UINT64_C(0x344357d1ea39a379), // sqxtun v0.2s, v1.2d
UINT64_C(0xfbbf5921c6bd5513), // sqxtun2 v0.4s, v1.2d
UINT64_C(0xbdf86665db711fd6), // sqxtun b0, h1
UINT64_C(0x46f8b4e012784f71), // sqxtun h0, s1
UINT64_C(0x9b3fa6245b7446ac), // sqxtun s0, d1
UINT64_C(0x496a840352398af6), // addhn v0.8b, v1.8h, v2.8h
UINT64_C(0xc5641c6fe9d9e68d), // addhn2 v0.16b, v1.8h, v2.8h
UINT64_C(0x7387cd0a8beeff43), // addhn v0.4h, v1.4s, v2.4s
UINT64_C(0xa7ec432775384a08), // addhn2 v0.8h, v1.4s, v2.4s
UINT64_C(0x43e50c821877609a), // addhn v0.2s, v1.2d, v2.2d
UINT64_C(0x8f260b822ef1eef8), // addhn2 v0.4s, v1.2d, v2.2d
UINT64_C(0xa744bba27d644832), // raddhn v0.8b, v1.8h, v2.8h
UINT64_C(0x03b1721542cfe47d), // raddhn2 v0.16b, v1.8h, v2.8h
UINT64_C(0x360ceb90a1e6c432), // raddhn v0.4h, v1.4s, v2.4s
UINT64_C(0x1732cf2de51cab89), // raddhn2 v0.8h, v1.4s, v2.4s
UINT64_C(0x11ef5308cf968da2), // raddhn v0.2s, v1.2d, v2.2d
UINT64_C(0x66c371d3bc66c99c), // raddhn2 v0.4s, v1.2d, v2.2d
UINT64_C(0xe9da5125b8d2dffd), // subhn v0.8b, v1.8h, v2.8h
UINT64_C(0x2550507da9c3d17e), // subhn2 v0.16b, v1.8h, v2.8h
UINT64_C(0x2eca65776b776d74), // subhn v0.4h, v1.4s, v2.4s
UINT64_C(0x27e380e98b7444cb), // subhn2 v0.8h, v1.4s, v2.4s
UINT64_C(0xb9120913c2870e2d), // subhn v0.2s, v1.2d, v2.2d
UINT64_C(0x840ef8458e98300f), // subhn2 v0.4s, v1.2d, v2.2d
UINT64_C(0x473299d534ed0b60), // rsubhn v0.8b, v1.8h, v2.8h
UINT64_C(0x9b4b7fa36a112c6b), // rsubhn2 v0.16b, v1.8h, v2.8h
UINT64_C(0xd356f9d3554949b8), // rsubhn v0.4h, v1.4s, v2.4s
UINT64_C(0x12414409b063cb37), // rsubhn2 v0.8h, v1.4s, v2.4s
UINT64_C(0xc876795e96f7f3e1), // rsubhn v0.2s, v1.2d, v2.2d
UINT64_C(0x82ca0ba6750a2fdb), // rsubhn2 v0.4s, v1.2d, v2.2d
UINT64_C(0x3e9e3a8043a8c9c5), // addp v0.8b, v1.8b, v2.8b
UINT64_C(0x4cc7a1d3a07ea9ef), // addp v0.16b, v1.16b, v2.16b
UINT64_C(0xb23cc114563df59b), // addp v0.4h, v1.4h, v2.4h
UINT64_C(0x1fa3966d71cd3ef9), // addp v0.8h, v1.8h, v2.8h
UINT64_C(0x4ba45a4018861e1a), // addp v0.2s, v1.2s, v2.2s
UINT64_C(0xb36abdb87e1686ee), // addp v0.4s, v1.4s, v2.4s
UINT64_C(0xed5d3e0205326b79), // addp v0.2d, v1.2d, v2.2d
UINT64_C(0xb9ed115d4d3f7766), // addp d0, v1.2d
UINT64_C(0x773b69d335d32030), // smaxp v0.8b, v1.8b, v2.8b
UINT64_C(0xb5ffbc9a5043c0e7), // smaxp v0.16b, v1.16b, v2.16b
UINT64_C(0xba8c2fdb35fea321), // smaxp v0.4h, v1.4h, v2.4h
UINT64_C(0x1730d3b36b9667c3), // smaxp v0.8h, v1.8h, v2.8h
UINT64_C(0x0dfcf7b6b38d791b), // smaxp v0.2s, v1.2s, v2.2s
UINT64_C(0xb6ea3fb8e9060f6e), // smaxp v0.4s, v1.4s, v2.4s
UINT64_C(0x141445de897323ab), // umaxp v0.8b, v1.8b, v2.8b
UINT64_C(0xbb0b74329cc5bbc8), // umaxp v0.16b, v1.16b, v2.16b
UINT64_C(0xf71c389c057aedc7), // umaxp v0.4h, v1.4h, v2.4h
UINT64_C(0xd66ca554ac8e0add), // umaxp v0.8h, v1.8h, v2.8h
UINT64_C(0x4364a72122ee0ef8), // umaxp v0.2s, v1.2s, v2.2s
UINT64_C(0x4d68b51a8ed7f947), // umaxp v0.4s, v1.4s, v2.4s
UINT64_C(0x5f5dda0de9cbfd0a), // sminp v0.8b, v1.8b, v2.8b
UINT64_C(0xbec9775e5d61052b), // sminp v0.16b, v1.16b, v2.16b
UINT64_C(0x329a537a51228ba1), // sminp v0.4h, v1.4h, v2.4h
UINT64_C(0x448af2fa411a99d7), // sminp v0.8h, v1.8h, v2.8h
UINT64_C(0x3533ea8c8ddddfc2), // sminp v0.2s, v1.2s, v2.2s
UINT64_C(0x10cd1476f29fb1b7), // sminp v0.4s, v1.4s, v2.4s
UINT64_C(0x5ee8dca1c2d2c32d), // uminp v0.8b, v1.8b, v2.8b
UINT64_C(0xc5731c39ecb9a04c), // uminp v0.16b, v1.16b, v2.16b
UINT64_C(0x6860aa90801b3e17), // uminp v0.4h, v1.4h, v2.4h
UINT64_C(0x0e5846982c562641), // uminp v0.8h, v1.8h, v2.8h
UINT64_C(0x656d27121157ffb1), // uminp v0.2s, v1.2s, v2.2s
UINT64_C(0xf9fc453f4baa5c66), // uminp v0.4s, v1.4s, v2.4s
UINT64_C(0xca98c6ae1f4eb5a5), // saddlp v0.4h, v1.8b
UINT64_C(0x3b657c9a6907bda7), // saddlp v0.8h, v1.16b
UINT64_C(0x1de7dde2ed62fd29), // saddlp v0.2s, v1.4h
UINT64_C(0x80ccfbf3887acfd6), // saddlp v0.4s, v1.8h
UINT64_C(0xd3b2b344b944e52b), // saddlp v0.1d, v1.2s
UINT64_C(0x0473ed52f48c39f7), // saddlp v0.2d, v1.4s
UINT64_C(0x6201400acddf3f21), // uaddlp v0.4h, v1.8b
UINT64_C(0xd240f09d0606c104), // uaddlp v0.8h, v1.16b
UINT64_C(0xcf0bf4d901c60906), // uaddlp v0.2s, v1.4h
UINT64_C(0xd1e29ea176f6e07a), // uaddlp v0.4s, v1.8h
UINT64_C(0xd708a76ba090e0f3), // uaddlp v0.1d, v1.2s
UINT64_C(0xfe262b4eb889be06), // uaddlp v0.2d, v1.4s
UINT64_C(0x8b17890c4db98f4d), // addv b0, v1.8b
UINT64_C(0x27f5f92a27a2e06b), // addv b0, v1.16b
UINT64_C(0x93dd66823dbd657a), // addv h0, v1.4h
UINT64_C(0x7b3174deab66a8f3), // addv h0, v1.8h
UINT64_C(0xa35f19c449b8e78b), // addv s0, v1.4s
UINT64_C(0x55cec2aead7b1430), // saddlv h0, v1.8b
UINT64_C(0x53e4b6f7fae604fc), // saddlv h0, v1.16b
UINT64_C(0x079a2d3a8d3f178d), // saddlv s0, v1.4h
UINT64_C(0x09b8cc6d91495724), // saddlv s0, v1.8h
UINT64_C(0x390f51b08b9307bb), // saddlv d0, v1.4s
UINT64_C(0x7feff9ad88825434), // uaddlv h0, v1.8b
UINT64_C(0x11fd9a21ae460371), // uaddlv h0, v1.16b
UINT64_C(0xc644b7d9aecc229c), // uaddlv s0, v1.4h
UINT64_C(0xbc1ce98fc1f8aa39), // uaddlv s0, v1.8h
UINT64_C(0xdf71d4a453428706), // uaddlv d0, v1.4s
UINT64_C(0x1653f0bf7f54d0f8), // smaxv b0, v1.8b
UINT64_C(0x83b4df1085d8e68d), // smaxv b0, v1.16b
UINT64_C(0xf138303ddc50353c), // smaxv h0, v1.4h
UINT64_C(0x11fc927c2755bbb7), // smaxv h0, v1.8h
UINT64_C(0xfa469302d1b96972), // smaxv s0, v1.4s
UINT64_C(0x6571055781d96e85), // umaxv b0, v1.8b
UINT64_C(0x49a296e6d8a2bd15), // umaxv b0, v1.16b
UINT64_C(0x323dc2bed81ee98c), // umaxv h0, v1.4h
UINT64_C(0x89889611e0ea122e), // umaxv h0, v1.8h
UINT64_C(0x016f22812bdc749c), // umaxv s0, v1.4s
UINT64_C(0x11986936a2f0e589), // sminv b0, v1.8b
UINT64_C(0x916f9b8ea8ddcc58), // sminv b0, v1.16b
UINT64_C(0x26c8dc1e003a0d6e), // sminv h0, v1.4h
UINT64_C(0xabb5ae8b0e47eb8c), // sminv h0, v1.8h
UINT64_C(0x3ad1a6016d4097cd), // sminv s0, v1.4s
UINT64_C(0x0e0e167a6adf332a), // uminv b0, v1.8b
UINT64_C(0x5c8272f2b41494a4), // uminv b0, v1.16b
UINT64_C(0x9ded440675d91217), // uminv h0, v1.4h
UINT64_C(0x53c298538722a75c), // uminv h0, v1.8h
UINT64_C(0x2084155f68ff4518), // uminv s0, v1.4s
UINT64_C(0x745904bbecf423a8), // cls v0.8b, v1.8b
UINT64_C(0x8f6c8abae446f08f), // cls v0.16b, v1.16b
UINT64_C(0x44924b6ffa31f004), // cls v0.4h, v1.4h
UINT64_C(0xe4b4db393c69471a), // cls v0.8h, v1.8h
UINT64_C(0x0beae20cf518af64), // cls v0.2s, v1.2s
UINT64_C(0x612e76c3a764b935), // cls v0.4s, v1.4s
UINT64_C(0x3a71c182c4365797), // clz v0.8b, v1.8b
UINT64_C(0x728e3316f7eee5b0), // clz v0.16b, v1.16b
UINT64_C(0xe37f5c9fad8c25d7), // clz v0.4h, v1.4h
UINT64_C(0xa56c8f02be717b97), // clz v0.8h, v1.8h
UINT64_C(0x1cb71829ee6f2795), // clz v0.2s, v1.2s
UINT64_C(0x934490915eb9f411), // clz v0.4s, v1.4s
UINT64_C(0xba3b499ea4b90559), // cnt v0.8b, v1.8b
UINT64_C(0xd9245de47b89dd1a), // cnt v0.16b, v1.16b
UINT64_C(0x1f6254cd6d05677f), // rbit v0.8b, v1.8b
UINT64_C(0xf7d88ceec3f03144), // rbit v0.16b, v1.16b
UINT64_C(0xf5a0aebcfc9b1b9b), // rev16 v0.8b, v1.8b
UINT64_C(0x6ace7ed6633b1301), // rev16 v0.16b, v1.16b
UINT64_C(0xed13eae80d59e601), // rev32 v0.16b, v1.16b
UINT64_C(0xce1c8e50affcd4be), // rev32 v0.4h, v1.4h
UINT64_C(0x4747304546eb132d), // rev64 v0.16b, v1.16b
UINT64_C(0x86ad0fc54877b7df), // rev64 v0.8h, v1.8h
UINT64_C(0x3273264036f4f60f), // rev64 v0.2s, v1.2s
UINT64_C(0x0f989ac95c75fabf), // ext v0.8b, v1.8b, v2.8b, #3
UINT64_C(0x85d7be378d6d9505), // ext v0.16b, v1.16b, v2.16b, #0
UINT64_C(0x81c8ebcb43ccc683), // ext v0.16b, v1.16b, v2.16b, #13
UINT64_C(0x2f7bcae30ac1338b), // tbl v0.8b, {v1.16b, v2.16b}, v3.8b
UINT64_C(0xb47582ade45195a5), // tbl v0.16b, {v1.16b, v2.16b}, v3.16b
UINT64_C(0x1eb74c76df11d2d4), // mov v6.16b, v1.16b; mov v7.16b, v2.16b; movi v4.16b, #0; movi v5.16b, #0; tbl v0.16b, {v4.16b, v5.16b, v6.16b, v7.16b}, v3.16b
UINT64_C(0xe87ef80146734101), // tbx v0.8b, {v1.16b}, v2.8b
UINT64_C(0xdeee6d24b6d2aae7), // tbx v0.16b, {v1.16b}, v2.16b
UINT64_C(0xc38d3b999395e859), // mov v5.16b, v1.16b; movi v6.16b, #15; cmhs v6.16b, v6.16b, v2.16b; tbx v0.16b, {v4.16b, v5.16b}, v2.16b; bit v0.16b, v3.16b, v6.16b
UINT64_C(0x8086bd12a2fc7512), // zip1 v0.8b, v1.8b, v2.8b
UINT64_C(0x27d29c085575edeb), // zip1 v0.16b, v1.16b, v2.16b
UINT64_C(0xf95061f66d2af745), // zip1 v0.4h, v1.4h, v2.4h
UINT64_C(0x6d3c28c550189db9), // zip1 v0.8h, v1.8h, v2.8h
UINT64_C(0x310b96fa04bba52f), // zip1 v0.2s, v1.2s, v2.2s
UINT64_C(0x13ffc9919dfa86a0), // zip1 v0.4s, v1.4s, v2.4s
UINT64_C(0x75baf0332796caf2), // zip1 v0.2d, v1.2d, v2.2d
UINT64_C(0x8acc28a76eebe148), // zip2 v0.8b, v1.8b, v2.8b
UINT64_C(0x822475baeb209de7), // zip2 v0.16b, v1.16b, v2.16b
UINT64_C(0x07cf5bdebcda2e7d), // zip2 v0.4h, v1.4h, v2.4h
UINT64_C(0xaea1f4ec488767a1), // zip2 v0.8h, v1.8h, v2.8h
UINT64_C(0x85719890e2350312), // zip2 v0.2s, v1.2s, v2.2s
UINT64_C(0xa349de1f270bcae5), // zip2 v0.4s, v1.4s, v2.4s
UINT64_C(0x044d5adedc4fcd1c), // zip2 v0.2d, v1.2d, v2.2d
UINT64_C(0xdfbf0f908f4927dc), // uzp1 v0.8b, v1.8b, v2.8b
UINT64_C(0xf2d01df322c0282b), // uzp1 v0.16b, v1.16b, v2.16b
UINT64_C(0xe071492c8e18e11f), // uzp1 v0.4h, v1.4h, v2.4h
UINT64_C(0x2133b789c3617be0), // uzp1 v0.8h, v1.8h, v2.8h
UINT64_C(0x310b96fa04bba52f), // uzp1 v0.2s, v1.2s, v2.2s
UINT64_C(0x8f7dcc92d6f075a9), // uzp1 v0.4s, v1.4s, v2.4s
UINT64_C(0x75baf0332796caf2), // uzp1 v0.2d, v1.2d, v2.2d
UINT64_C(0x82498287d216f612), // uzp2 v0.8b, v1.8b, v2.8b
UINT64_C(0xde3be52c8ca57307), // uzp2 v0.16b, v1.16b, v2.16b
UINT64_C(0x26528df6f431d0cb), // uzp2 v0.4h, v1.4h, v2.4h
UINT64_C(0xd497a70bcb1fdc38), // uzp2 v0.8h, v1.8h, v2.8h
UINT64_C(0x85719890e2350312), // uzp2 v0.2s, v1.2s, v2.2s
UINT64_C(0x9cb9ae7cbd254f74), // uzp2 v0.4s, v1.4s, v2.4s
UINT64_C(0x044d5adedc4fcd1c), // uzp2 v0.2d, v1.2d, v2.2d
UINT64_C(0x9e300b438d2ae778), // trn1 v0.8b, v1.8b, v2.8b
UINT64_C(0xd4797ce222357aa5), // trn1 v0.16b, v1.16b, v2.16b
UINT64_C(0x851f9afa5a7f5513), // trn1 v0.4h, v1.4h, v2.4h
UINT64_C(0xf6e83e3e3f08eedc), // trn1 v0.8h, v1.8h, v2.8h
UINT64_C(0x310b96fa04bba52f), // trn1 v0.2s, v1.2s, v2.2s
UINT64_C(0xa60ae5c8d8440a55), // trn1 v0.4s, v1.4s, v2.4s
UINT64_C(0x75baf0332796caf2), // trn1 v0.2d, v1.2d, v2.2d
UINT64_C(0x05ba33a824af300e), // trn2 v0.8b, v1.8b, v2.8b
UINT64_C(0xbc828aa84e36b56d), // trn2 v0.16b, v1.16b, v2.16b
UINT64_C(0x1102b8dc641a50e7), // trn2 v0.4h, v1.4h, v2.4h
UINT64_C(0xd249ab6755c2f380), // trn2 v0.8h, v1.8h, v2.8h
UINT64_C(0x85719890e2350312), // trn2 v0.2s, v1.2s, v2.2s
UINT64_C(0x048ea248a48a31b0), // trn2 v0.4s, v1.4s, v2.4s
UINT64_C(0x044d5adedc4fcd1c), // trn2 v0.2d, v1.2d, v2.2d
UINT64_C(0xdf27ff343fc22151), // urecpe v0.2s, v1.2s
UINT64_C(0x37f38370961f0e2b), // urecpe v0.4s, v1.4s
UINT64_C(0x83580c6604846670), // ursqrte v0.2s, v1.2s
UINT64_C(0xbb21f2151d36b373), // ursqrte v0.4s, v1.4s
UINT64_C(0x9f41b1a6fa79df4d), // fadd s0, s1, s2
UINT64_C(0x2d8e53c877779e98), // fadd d0, d1, d2
UINT64_C(0x2e3fb028da949446), // fadd v0.2s, v1.2s, v2.2s
UINT64_C(0x88ff9ea74b164dba), // fadd v0.4s, v1.4s, v2.4s
UINT64_C(0xe54a9076eb0bfcbc), // fadd v0.2d, v1.2d, v2.2d
UINT64_C(0xbe855ac9d1bb4b1f), // fsub s0, s1, s2
UINT64_C(0xaf89b5c438399122), // fsub d0, d1, d2
UINT64_C(0xedeadbbe83a09f6a), // fsub v0.2s, v1.2s, v2.2s
UINT64_C(0x4e377bc0559bfa49), // fsub v0.4s, v1.4s, v2.4s
UINT64_C(0xfc475abe0ebb9eb9), // fsub v0.2d, v1.2d, v2.2d
UINT64_C(0x0aa51168acb9c1b9), // fmul s0, s1, s2
UINT64_C(0xd3b2703a1857768a), // fmul d0, d1, d2
UINT64_C(0x39c4e8d29651e38a), // fmul v0.2s, v1.2s, v2.2s
UINT64_C(0x364637efc6ab7343), // fmul v0.4s, v1.4s, v2.4s
UINT64_C(0x18ea89bd894f82ae), // fmul v0.2d, v1.2d, v2.2d
UINT64_C(0x60146e57fe19bab9), // fnmul s0, s1, s2
UINT64_C(0x5f9dd50cfba65d8a), // fnmul d0, d1, d2
UINT64_C(0x72b87464b2af7ffd), // fmulx s0, s1, s2
UINT64_C(0x83d4a8f12cb2128e), // fmulx d0, d1, d2
UINT64_C(0x1ce3dac5f0658b3a), // fmulx v0.2s, v1.2s, v2.2s
UINT64_C(0x64ff5d2dd8252cdb), // fmulx v0.4s, v1.4s, v2.4s
UINT64_C(0x133ed590eb76d09a), // fmulx v0.2d, v1.2d, v2.2d
UINT64_C(0xfc113d4ae262cfc7), // fdiv s0, s1, s2
UINT64_C(0xaffe964ec4546536), // fdiv d0, d1, d2
UINT64_C(0x6c683d9fd751fc2e), // fdiv v0.2s, v1.2s, v2.2s
UINT64_C(0xd4105f1430645434), // fdiv v0.4s, v1.4s, v2.4s
UINT64_C(0x52215f6e00248255), // fdiv v0.2d, v1.2d, v2.2d
UINT64_C(0xc39ca8fbe80d1c5b), // fsqrt s0, s1
UINT64_C(0x0be5b8c527671f49), // fsqrt d0, d1
UINT64_C(0x9d6b8e98a4cd4d51), // fsqrt v0.2s, v1.2s
UINT64_C(0xfc2354cc23b9f267), // fsqrt v0.4s, v1.4s
UINT64_C(0x2569adb7ce0e48de), // fsqrt v0.2d, v1.2d
UINT64_C(0x761260d0c251db9f), // fabd s0, s1, s2
UINT64_C(0x5728d367500c9a22), // fabd d0, d1, d2
UINT64_C(0x55ab1b9942edbe6a), // fabd v0.2s, v1.2s, v2.2s
UINT64_C(0x11136a7220addfc9), // fabd v0.4s, v1.4s, v2.4s
UINT64_C(0x0b39ff54473c56b9), // fabd v0.2d, v1.2d, v2.2d
UINT64_C(0xdaf16deeb14a5ae7), // fmadd s0, s1, s2, s3
UINT64_C(0xb1e9bc51603fbbbd), // fmadd d0, d1, d2, d3
UINT64_C(0x27f53917ea3c2174), // fmla v0.2s, v1.2s, v2.2s
UINT64_C(0xa0cf56943d08d2c6), // fmla v0.4s, v1.4s, v2.4s
UINT64_C(0x8f14d3c6a49d843e), // fmla v0.2d, v1.2d, v2.2d
UINT64_C(0x2c83960a208c691d), // fmsub s0, s1, s2, s3
UINT64_C(0x5569d384beee1f74), // fmsub d0, d1, d2, d3
UINT64_C(0x6f17baddfc894eb5), // fmls v0.2s, v1.2s, v2.2s
UINT64_C(0xae87b719917eb82d), // fmls v0.4s, v1.4s, v2.4s
UINT64_C(0x39708cc28b866145), // fmls v0.2d, v1.2d, v2.2d
UINT64_C(0xe6f19cbc3b325ff8), // fnmadd s0, s1, s2, s3
UINT64_C(0xf1e7e873de2db753), // fnmadd d0, d1, d2, d3
UINT64_C(0x30f657ae2d2dc1f1), // fnmsub s0, s1, s2, s3
UINT64_C(0x5838d7f5d8f56b38), // fnmsub d0, d1, d2, d3
UINT64_C(0x16a3177242d4cedc), // fmin s0, s1, s2
UINT64_C(0x26ffaea27b6267c0), // fmin d0, d1, d2
UINT64_C(0x32c9bf225b55cb6c), // fmin v0.2s, v1.2s, v2.2s
UINT64_C(0x235033ed9260b216), // fmin v0.4s, v1.4s, v2.4s
UINT64_C(0x363e473bcb9cbdd0), // fmin v0.2d, v1.2d, v2.2d
UINT64_C(0x1298b8980db7afe5), // fmax s0, s1, s2
UINT64_C(0x389adb5137d55097), // fmax d0, d1, d2
UINT64_C(0xbaf3153fe67bac58), // fmax v0.2s, v1.2s, v2.2s
UINT64_C(0xdc6a0046df33b980), // fmax v0.4s, v1.4s, v2.4s
UINT64_C(0xea4751cca40b9f71), // fmax v0.2d, v1.2d, v2.2d
UINT64_C(0xcef5bc0c7bea475a), // fminnm s0, s1, s2
UINT64_C(0x5baaa31c40ff1914), // fminnm d0, d1, d2
UINT64_C(0xe38bf29c2560d0e0), // fminnm v0.2s, v1.2s, v2.2s
UINT64_C(0x7a0ae073f97b230d), // fminnm v0.4s, v1.4s, v2.4s
UINT64_C(0x00256b59e7ba6dbd), // fminnm v0.2d, v1.2d, v2.2d
UINT64_C(0xd3400dd2dddec087), // fmaxnm s0, s1, s2
UINT64_C(0x78160522cd0175cf), // fmaxnm d0, d1, d2
UINT64_C(0xd8fad346331b3bb4), // fmaxnm v0.2s, v1.2s, v2.2s
UINT64_C(0x4a54e2279f60c19f), // fmaxnm v0.4s, v1.4s, v2.4s
UINT64_C(0xf31cc15b96078d74), // fmaxnm v0.2d, v1.2d, v2.2d
UINT64_C(0x9a2721e62b1f1af2), // frecps s0, s1, s2
UINT64_C(0xc992548c7709a408), // frecps d0, d1, d2
UINT64_C(0x56a1a3c650984529), // frecps v0.2s, v1.2s, v2.2s
UINT64_C(0x1336890b7cf0972d), // frecps v0.4s, v1.4s, v2.4s
UINT64_C(0x62f23e01712c2b19), // frecps v0.2d, v1.2d, v2.2d
UINT64_C(0x9611a70d273a6bb8), // frsqrts s0, s1, s2
UINT64_C(0x8296866d5373208b), // frsqrts d0, d1, d2
UINT64_C(0xcf99ce5c60ea96e8), // frsqrts v0.2s, v1.2s, v2.2s
UINT64_C(0xdad3013f6d9d7bd8), // frsqrts v0.4s, v1.4s, v2.4s
UINT64_C(0xe37e8c8d6826c270), // frsqrts v0.2d, v1.2d, v2.2d
UINT64_C(0x195f4aed7f0b6664), // frecpe s0, s1
UINT64_C(0x490f49cc1c2ebbd6), // frecpe d0, d1
UINT64_C(0x39b609ba963d9722), // frecpe v0.2s, v1.2s
UINT64_C(0x1359edca5713d167), // frecpe v0.4s, v1.4s
UINT64_C(0x9e408582673caffd), // frecpe v0.2d, v1.2d
UINT64_C(0xb35dad94ea48f4f1), // frsqrte s0, s1
UINT64_C(0x8a93813f85ddbbb0), // frsqrte d0, d1
UINT64_C(0x347747f7c87a3397), // frsqrte v0.2s, v1.2s
UINT64_C(0x0928e1d766c7ae01), // frsqrte v0.4s, v1.4s
UINT64_C(0x9e44a15a1ba33d79), // frsqrte v0.2d, v1.2d
UINT64_C(0x711db83f55587411), // frecpx s0, s1
UINT64_C(0x0b4aaf765a3397ec), // frecpx d0, d1
UINT64_C(0x518b0e8cd6bf3d85), // faddp v0.2s, v1.2s, v2.2s
UINT64_C(0x4539b421eb18bc97), // faddp v0.4s, v1.4s, v2.4s
UINT64_C(0x5c746b382723d60d), // faddp v0.2d, v1.2d, v2.2d
UINT64_C(0x1ed00f9476a91fe9), // faddp s0, v1.2s
UINT64_C(0xe5eb1d78297cfdfe), // faddp d0, v1.2d
UINT64_C(0xf1f582779063b8bd), // fminp v0.2s, v1.2s, v2.2s
UINT64_C(0x7dfafe08be808f2a), // fminp v0.4s, v1.4s, v2.4s
UINT64_C(0xd3f7b29d4f34dd57), // fminp v0.2d, v1.2d, v2.2d
UINT64_C(0x16336a4e6f6db0f8), // fminp s0, v1.2s
UINT64_C(0xe4651a34d377f4c4), // fminp d0, v1.2d
UINT64_C(0x46dd25379f6e7bf9), // fmaxp v0.2s, v1.2s, v2.2s
UINT64_C(0x732c8d0c04b4a347), // fmaxp v0.4s, v1.4s, v2.4s
UINT64_C(0x69d2cf2904e44baf), // fmaxp v0.2d, v1.2d, v2.2d
UINT64_C(0x97089809ef1e70a9), // fmaxp s0, v1.2s
UINT64_C(0xc42221c9a301e4e9), // fmaxp d0, v1.2d
UINT64_C(0xd87dc5903aeeec32), // fminnmp v0.2s, v1.2s, v2.2s
UINT64_C(0xf1fd41ddab9a960e), // fminnmp v0.4s, v1.4s, v2.4s
UINT64_C(0xc2fdc7eb0c914e52), // fminnmp v0.2d, v1.2d, v2.2d
UINT64_C(0xb33179d15aa52e84), // fminnmp s0, v1.2s
UINT64_C(0x799fbc8241318eeb), // fminnmp d0, v1.2d
UINT64_C(0xd33ed64861343746), // fmaxnmp v0.2s, v1.2s, v2.2s
UINT64_C(0xd57a215f71f0bedf), // fmaxnmp v0.4s, v1.4s, v2.4s
UINT64_C(0x9b6bd52a039b611a), // fmaxnmp v0.2d, v1.2d, v2.2d
UINT64_C(0x5394a0fddb553a31), // fmaxnmp s0, v1.2s
UINT64_C(0x0d6061e3230cc58a), // fmaxnmp d0, v1.2d
UINT64_C(0xc15d5a935084ca48), // fminv s0, v1.4s
UINT64_C(0xe8037a1f03b4cde9), // fmaxv s0, v1.4s
UINT64_C(0x875979d4c4ea59e0), // fminnmv s0, v1.4s
UINT64_C(0xe0e6051b6295eafc), // fmaxnmv s0, v1.4s
UINT64_C(0x2fd0b966c6495c7c), // fcmeq s0, s1, s2
UINT64_C(0x1de4288dba1723dd), // fcmeq d0, d1, d2
UINT64_C(0xc090f270dbe29a75), // fcmeq v0.2s, v1.2s, v2.2s
UINT64_C(0xbf5809206974c8a4), // fcmeq v0.4s, v1.4s, v2.4s
UINT64_C(0x38d85b7cd7f2033c), // fcmeq v0.2d, v1.2d, v2.2d
UINT64_C(0x119120e4e4fb8b50), // fcmge s0, s1, s2
UINT64_C(0xcbaadf53e4da06fd), // fcmge d0, d1, d2
UINT64_C(0x63ecc04562e5d898), // fcmge v0.2s, v1.2s, v2.2s
UINT64_C(0xe15752379f960bd0), // fcmge v0.4s, v1.4s, v2.4s
UINT64_C(0x156f29ca29c8e3b4), // fcmge v0.2d, v1.2d, v2.2d
UINT64_C(0xb392c0221a69f4e8), // fcmgt s0, s1, s2
UINT64_C(0xf426fb2133312f65), // fcmgt d0, d1, d2
UINT64_C(0x8523e5e99105f9f8), // fcmgt v0.2s, v1.2s, v2.2s
UINT64_C(0x9e3e6c6557adce60), // fcmgt v0.4s, v1.4s, v2.4s
UINT64_C(0xb9af54e366fc864c), // fcmgt v0.2d, v1.2d, v2.2d
UINT64_C(0x5713310d02ea8c78), // facge s0, s1, s2
UINT64_C(0xf86cdff12724f80d), // facge d0, d1, d2
UINT64_C(0xfab8353485ca30d4), // facge v0.2s, v1.2s, v2.2s
UINT64_C(0x153add61ef1b1ac4), // facge v0.4s, v1.4s, v2.4s
UINT64_C(0xd8fef8dbc2683f9c), // facge v0.2d, v1.2d, v2.2d
UINT64_C(0xa24e971f17ac000c), // facgt s0, s1, s2
UINT64_C(0x3294b50c02d9ba25), // facgt d0, d1, d2
UINT64_C(0x54948f686f3719c8), // facgt v0.2s, v1.2s, v2.2s
UINT64_C(0x66c554be3e0a4fb4), // facgt v0.4s, v1.4s, v2.4s
UINT64_C(0x8a21f110037cbd8c), // facgt v0.2d, v1.2d, v2.2d
UINT64_C(0x074fa5971f25f6c4), // fcmp s1, s2; mrs x9, nzcv; fmov d0, x9
UINT64_C(0x04de892017717a25), // fcmp d1, d2; mrs x9, nzcv; fmov d0, x9
UINT64_C(0x4da035aa5aeb1764), // fcmpe s1, s2; mrs x9, nzcv; fmov d0, x9
UINT64_C(0x9ccd329b6be98665), // fcmpe d1, d2; mrs x9, nzcv; fmov d0, x9
UINT64_C(0xa76b769832ec1aae), // frintn s0, s1
UINT64_C(0x807b304fa1b0f796), // frintn d0, d1
UINT64_C(0x36d743f76484c8a4), // frintn v0.2s, v1.2s
UINT64_C(0x436ed7c41924124d), // frintn v0.4s, v1.4s
UINT64_C(0xcd720bb1303abf14), // frintn v0.2d, v1.2d
UINT64_C(0x280656e4a0817158), // frintp s0, s1
UINT64_C(0xa7398ced2698bcc6), // frintp d0, d1
UINT64_C(0x1c85bdab3cf956dc), // frintp v0.2s, v1.2s
UINT64_C(0x58a246533c5fd5bc), // frintp v0.4s, v1.4s
UINT64_C(0x05add5995f7628d4), // frintp v0.2d, v1.2d
UINT64_C(0x000772d493891184), // frintm s0, s1
UINT64_C(0x3e83960bba3235fb), // frintm d0, d1
UINT64_C(0x3d7822c87f73d044), // frintm v0.2s, v1.2s
UINT64_C(0xb8401482b6982e86), // frintm v0.4s, v1.4s
UINT64_C(0x643a6aacb06018e7), // frintm v0.2d, v1.2d
UINT64_C(0xc01cb5474bc7ff64), // frintz s0, s1
UINT64_C(0x01d79cb91195cd98), // frintz d0, d1
UINT64_C(0x60eda33cfb3ebc8f), // frintz v0.2s, v1.2s
UINT64_C(0x2737107bf98efee2), // frintz v0.4s, v1.4s
UINT64_C(0x9cf742b3d733fa30), // frintz v0.2d, v1.2d
UINT64_C(0x7b49fd8ec4503df6), // frinta s0, s1
UINT64_C(0x41eac718b0e99102), // frinta d0, d1
UINT64_C(0x63e5fd6f58d57891), // frinta v0.2s, v1.2s
UINT64_C(0x715d610bd713aedc), // frinta v0.4s, v1.4s
UINT64_C(0x46dd0a331c8d0059), // frinta v0.2d, v1.2d
UINT64_C(0x6c666e7816bd8ddc), // frinti s0, s1
UINT64_C(0x318c63d2571dae58), // frinti d0, d1
UINT64_C(0x20a2b5b7b0e071f9), // frinti v0.2s, v1.2s
UINT64_C(0xc98d4c84dc3c5607), // frinti v0.4s, v1.4s
UINT64_C(0x04d17caaea419704), // frinti v0.2d, v1.2d
UINT64_C(0x66dd847172ace22c), // frintx s0, s1
UINT64_C(0x7c9532756841e1a8), // frintx d0, d1
UINT64_C(0xed2fb0701f03b119), // frintx v0.2s, v1.2s
UINT64_C(0x225e1c0f2e4b22c7), // frintx v0.4s, v1.4s
UINT64_C(0x370e05227b911df4), // frintx v0.2d, v1.2d
UINT64_C(0x2f0b28ddc556bc6d), // fcvtns s0, s1
UINT64_C(0x738259cab68e808e), // fcvtns d0, d1
UINT64_C(0x40327f8a3f89f9ca), // fcvtns v0.2s, v1.2s
UINT64_C(0x507ddffa2a02abe3), // fcvtns v0.4s, v1.4s
UINT64_C(0x888eb688d372d4be), // fcvtns v0.2d, v1.2d
UINT64_C(0x2f0b28ddc556bc6d), // fcvtns w9, s1; fmov s0, w9
UINT64_C(0x5785e577e1f5455a), // fcvtns x9, s1; fmov d0, x9
UINT64_C(0x3c3cabd8158f0d58), // fcvtns w9, d1; fmov s0, w9
UINT64_C(0x738259cab68e808e), // fcvtns x9, d1; fmov d0, x9
UINT64_C(0xfba85bf6d97ccb7f), // fcvtps s0, s1
UINT64_C(0x6ae46fcd259e7900), // fcvtps d0, d1
UINT64_C(0x1e3c61c456329f00), // fcvtps v0.2s, v1.2s
UINT64_C(0xf307d52cf0c7bc7c), // fcvtps v0.4s, v1.4s
UINT64_C(0x37fb138d32089526), // fcvtps v0.2d, v1.2d
UINT64_C(0xfba85bf6d97ccb7f), // fcvtps w9, s1; fmov s0, w9
UINT64_C(0xbf82fdc437a0243c), // fcvtps x9, s1; fmov d0, x9
UINT64_C(0x27d76790a28311fa), // fcvtps w9, d1; fmov s0, w9
UINT64_C(0x6ae46fcd259e7900), // fcvtps x9, d1; fmov d0, x9
UINT64_C(0xe9e3aebf0da49855), // fcvtms s0, s1
UINT64_C(0x157d93c9c0b0cec1), // fcvtms d0, d1
UINT64_C(0x189e95688880b293), // fcvtms v0.2s, v1.2s
UINT64_C(0x222d8bef01b6c4b0), // fcvtms v0.4s, v1.4s
UINT64_C(0x8494cf1ced40f016), // fcvtms v0.2d, v1.2d
UINT64_C(0xe9e3aebf0da49855), // fcvtms w9, s1; fmov s0, w9
UINT64_C(0x302db2e082387b82), // fcvtms x9, s1; fmov d0, x9
UINT64_C(0x4e3328c399708b40), // fcvtms w9, d1; fmov s0, w9
UINT64_C(0x157d93c9c0b0cec1), // fcvtms x9, d1; fmov d0, x9
UINT64_C(0x39b80fcedee6342a), // fcvtzs s0, s1
UINT64_C(0x49cac94af0ad3ed4), // fcvtzs d0, d1
UINT64_C(0x96a2de1cf957a066), // fcvtzs v0.2s, v1.2s
UINT64_C(0xb5155357242d3978), // fcvtzs v0.4s, v1.4s
UINT64_C(0x67cc75dc4278223b), // fcvtzs v0.2d, v1.2d
UINT64_C(0x39b80fcedee6342a), // fcvtzs w9, s1; fmov s0, w9
UINT64_C(0x2e8a0f84635717ed), // fcvtzs x9, s1; fmov d0, x9
UINT64_C(0x90b4367fbb909309), // fcvtzs w9, d1; fmov s0, w9
UINT64_C(0x49cac94af0ad3ed4), // fcvtzs x9, d1; fmov d0, x9
UINT64_C(0x2cfbd7c4a57621e7), // fcvtas s0, s1
UINT64_C(0x85781ba7b8aa5c0f), // fcvtas d0, d1
UINT64_C(0x0bf7d4f5c5309bd2), // fcvtas v0.2s, v1.2s
UINT64_C(0x2d28cc433c9cadcd), // fcvtas v0.4s, v1.4s
UINT64_C(0xd177ba7fcdcf7b68), // fcvtas v0.2d, v1.2d
UINT64_C(0x2cfbd7c4a57621e7), // fcvtas w9, s1; fmov s0, w9
UINT64_C(0xb56a2f395fc87ad8), // fcvtas x9, s1; fmov d0, x9
UINT64_C(0x60597c28aa3b37d5), // fcvtas w9, d1; fmov s0, w9
UINT64_C(0x85781ba7b8aa5c0f), // fcvtas x9, d1; fmov d0, x9
UINT64_C(0xa25a724a179dda26), // fcvtnu s0, s1
UINT64_C(0x6664b73a73388ba6), // fcvtnu d0, d1
UINT64_C(0xe52f45e2115d9eec), // fcvtnu v0.2s, v1.2s
UINT64_C(0xe9d2d9466625647c), // fcvtnu v0.4s, v1.4s
UINT64_C(0xfd5da3a5dc303f80), // fcvtnu v0.2d, v1.2d
UINT64_C(0xa25a724a179dda26), // fcvtnu w9, s1; fmov s0, w9
UINT64_C(0x961a0798c972922a), // fcvtnu x9, s1; fmov d0, x9
UINT64_C(0xc0eafc0feab7511b), // fcvtnu w9, d1; fmov s0, w9
UINT64_C(0x6664b73a73388ba6), // fcvtnu x9, d1; fmov d0, x9
UINT64_C(0x4dc918567de436ea), // fcvtpu s0, s1
UINT64_C(0x03c299f0c02c5aa1), // fcvtpu d0, d1
UINT64_C(0x38792465bbc09c99), // fcvtpu v0.2s, v1.2s
UINT64_C(0x29f2b684b76d9614), // fcvtpu v0.4s, v1.4s
UINT64_C(0x07551c07ac1d6c6f), // fcvtpu v0.2d, v1.2d
UINT64_C(0x4dc918567de436ea), // fcvtpu w9, s1; fmov s0, w9
UINT64_C(0xdf16f79e25d0b2c2), // fcvtpu x9, s1; fmov d0, x9
UINT64_C(0x659b9cddeeca2b9f), // fcvtpu w9, d1; fmov s0, w9
UINT64_C(0x03c299f0c02c5aa1), // fcvtpu x9, d1; fmov d0, x9
UINT64_C(0xa0649b24c152ae5a), // fcvtmu s0, s1
UINT64_C(0x065ff1bf5fbb478d), // fcvtmu d0, d1
UINT64_C(0xecf3f42d047f30f6), // fcvtmu v0.2s, v1.2s
UINT64_C(0xa3e3741664b76f0c), // fcvtmu v0.4s, v1.4s
UINT64_C(0x319ee998f766bf4f), // fcvtmu v0.2d, v1.2d
UINT64_C(0xa0649b24c152ae5a), // fcvtmu w9, s1; fmov s0, w9
UINT64_C(0xff7b84bcac88631a), // fcvtmu x9, s1; fmov d0, x9
UINT64_C(0x65cbf3e6ec562da0), // fcvtmu w9, d1; fmov s0, w9
UINT64_C(0x065ff1bf5fbb478d), // fcvtmu x9, d1; fmov d0, x9
UINT64_C(0xcffd1c9f42336a2f), // fcvtzu s0, s1
UINT64_C(0x2e22b6e2299f2881), // fcvtzu d0, d1
UINT64_C(0xb9e3bfa34007610f), // fcvtzu v0.2s, v1.2s
UINT64_C(0xc73b487a49ecb228), // fcvtzu v0.4s, v1.4s
UINT64_C(0x7cc1dd92bd2e813a), // fcvtzu v0.2d, v1.2d
UINT64_C(0xcffd1c9f42336a2f), // fcvtzu w9, s1; fmov s0, w9
UINT64_C(0x4566c47e4501bb9b), // fcvtzu x9, s1; fmov d0, x9
UINT64_C(0x2923cc5ceff5b430), // fcvtzu w9, d1; fmov s0, w9
UINT64_C(0x2e22b6e2299f2881), // fcvtzu x9, d1; fmov d0, x9
UINT64_C(0xb07eece680ce1236), // fcvtau s0, s1
UINT64_C(0x67c752ddb2311bea), // fcvtau d0, d1
UINT64_C(0xddd4e72bada29eac), // fcvtau v0.2s, v1.2s
UINT64_C(0x7a906c4c7264dc74), // fcvtau v0.4s, v1.4s
UINT64_C(0x25c6726b99abec80), // fcvtau v0.2d, v1.2d
UINT64_C(0xb07eece680ce1236), // fcvtau w9, s1; fmov s0, w9
UINT64_C(0x3a39fa57d5363c12), // fcvtau x9, s1; fmov d0, x9
UINT64_C(0x4d33972c168227bf), // fcvtau w9, d1; fmov s0, w9
UINT64_C(0x67c752ddb2311bea), // fcvtau x9, d1; fmov d0, x9
UINT64_C(0x4a827caf138c688e), // fcvtzs s0, s1, #1
UINT64_C(0x799a17db0e796a8b), // fcvtzs s0, s1, #32
UINT64_C(0x9a107c7edd7eb0a3), // fcvtzs d0, d1, #11
UINT64_C(0x3ba9e6eec55895cc), // fcvtzs v0.2s, v1.2s, #3
UINT64_C(0xfdb15c37642ebd26), // fcvtzs v0.4s, v1.4s, #31
UINT64_C(0xd5f5dc595a2acfcb), // fcvtzs v0.2d, v1.2d, #64
UINT64_C(0xb490b17397f34b1b), // fcvtzs w9, s1, #7; fmov s0, w9
UINT64_C(0x178913a81ecdad72), // fcvtzs x9, s1, #40; fmov d0, x9
UINT64_C(0xd47b7febf984327a), // fcvtzs w9, d1, #32; fmov s0, w9
UINT64_C(0xca2ee7e7a1b63563), // fcvtzs x9, d1, #64; fmov d0, x9
UINT64_C(0xc87878df7a6bf55f), // fcvtzu s0, s1, #1
UINT64_C(0xc9e01b76f8178f8b), // fcvtzu s0, s1, #32
UINT64_C(0xdd9374c4a631f2a3), // fcvtzu d0, d1, #11
UINT64_C(0xf56287beb09063c4), // fcvtzu v0.2s, v1.2s, #3
UINT64_C(0x3b2033de6d0a1c27), // fcvtzu v0.4s, v1.4s, #31
UINT64_C(0xdc1950a2894d2051), // fcvtzu v0.2d, v1.2d, #64
UINT64_C(0x5ad7c6b77cce020e), // fcvtzu w9, s1, #7; fmov s0, w9
UINT64_C(0x74074cd1ce4da825), // fcvtzu x9, s1, #40; fmov d0, x9
UINT64_C(0x1f84a863c11f4ce8), // fcvtzu w9, d1, #32; fmov s0, w9
UINT64_C(0x90a354ff9210ad8f), // fcvtzu x9, d1, #64; fmov d0, x9
UINT64_C(0x25c465dafc8205bc), // scvtf s0, s1
UINT64_C(0xd4b999348d8a223a), // scvtf d0, d1
UINT64_C(0x2858bf6278203953), // scvtf v0.2s, v1.2s
UINT64_C(0x6a6a9650dbc8cff1), // scvtf v0.4s, v1.4s
UINT64_C(0x89317b7e2ffc275f), // scvtf v0.2d, v1.2d
UINT64_C(0xe5c0b0a94a9d9810), // scvtf s0, s1, #1
UINT64_C(0x245c300744d3f14c), // scvtf s0, s1, #32
UINT64_C(0x7d83eac1af5f16c1), // scvtf d0, d1, #11
UINT64_C(0x41615a8011eededb), // scvtf v0.2s, v1.2s, #3
UINT64_C(0xf19859c0fa92c8ad), // scvtf v0.4s, v1.4s, #31
UINT64_C(0x3c45b717462dd8ef), // scvtf v0.2d, v1.2d, #64
UINT64_C(0x25c465dafc8205bc), // fmov w9, s1; scvtf s0, w9
UINT64_C(0xeeeff0145fbb065c), // fmov w9, s1; scvtf d0, w9
UINT64_C(0xd88a82ba04d58e0b), // fmov x9, d1; scvtf s0, x9
UINT64_C(0xd4b999348d8a223a), // fmov x9, d1; scvtf d0, x9
UINT64_C(0x1697a241c94157ac), // fmov w9, s1; scvtf s0, w9, #9
UINT64_C(0x74b16a8c8f52abbe), // fmov w9, s1; scvtf d0, w9, #32
UINT64_C(0xa7b3d374c12002eb), // fmov x9, d1; scvtf s0, x9, #64
UINT64_C(0xa336163e78484880), // fmov x9, d1; scvtf d0, x9, #1
UINT64_C(0x7c03656f74db1876), // ucvtf s0, s1
UINT64_C(0x74cb9c482e24950c), // ucvtf d0, d1
UINT64_C(0xac9dcd4d75e45dcc), // ucvtf v0.2s, v1.2s
UINT64_C(0x1331f89607c45261), // ucvtf v0.4s, v1.4s
UINT64_C(0x0c142efe216454ce), // ucvtf v0.2d, v1.2d
UINT64_C(0x8187388d9c9a0c9c), // ucvtf s0, s1, #1
UINT64_C(0xf843141c8b292146), // ucvtf s0, s1, #32
UINT64_C(0xbedeeee31856ee50), // ucvtf d0, d1, #11
UINT64_C(0xcbaf4157b411e545), // ucvtf v0.2s, v1.2s, #3
UINT64_C(0x77a5c6208f858da5), // ucvtf v0.4s, v1.4s, #31
UINT64_C(0x25cf7a4b65964736), // ucvtf v0.2d, v1.2d, #64
UINT64_C(0x7c03656f74db1876), // fmov w9, s1; ucvtf s0, w9
UINT64_C(0xb7fcaaa7bb4a5ac6), // fmov w9, s1; ucvtf d0, w9
UINT64_C(0x42d96d04ca6787d5), // fmov x9, d1; ucvtf s0, x9
UINT64_C(0x74cb9c482e24950c), // fmov x9, d1; ucvtf d0, x9
UINT64_C(0xba94b18fdf686f68), // fmov w9, s1; ucvtf s0, w9, #9
UINT64_C(0x3f10550b27c19328), // fmov w9, s1; ucvtf d0, w9, #32
UINT64_C(0x33e0cebab74145b5), // fmov x9, d1; ucvtf s0, x9, #64
UINT64_C(0x49dc91e6e91c4831), // fmov x9, d1; ucvtf d0, x9, #1
UINT64_C(0x8c80e12de4f9c53c), // fcvt s0, h1
UINT64_C(0x3f0563a3f1a423b3), // fcvt d0, h1
UINT64_C(0xf0038710cdf81930), // fcvt h0, s1
UINT64_C(0xecbcb80d0750c194), // fcvt d0, s1
UINT64_C(0xecef9977cf8a52d9), // fcvt h0, d1
UINT64_C(0x07a905eef6fb2e18), // fcvt s0, d1
UINT64_C(0x5bdfb32e9dd7f447), // fcvtl v0.4s, v1.4h
UINT64_C(0x7852adc6c201e18b), // fcvtl2 v0.4s, v1.8h
UINT64_C(0x65142a5fe1c7b3f4), // fcvtl v0.2d, v1.2s
UINT64_C(0x2a005e92325bfc06), // fcvtl2 v0.2d, v1.4s
UINT64_C(0x5713b1d0f391dcc9), // fcvtn v0.4h, v1.4s
UINT64_C(0xd054d23a53cbaa4b), // fcvtn2 v0.8h, v1.4s
UINT64_C(0x4822d41be456b5de), // fcvtn v0.2s, v1.2d
UINT64_C(0x5576badfd62a0c95), // fcvtn2 v0.4s, v1.2d
UINT64_C(0x5fbc29584c90c409), // fcvtxn s0, d1
UINT64_C(0x6dd00ca28ff6254f), // fcvtxn v0.2s, v1.2d
UINT64_C(0xd35ef4aa1ddea298), // fcvtxn2 v0.4s, v1.2d
UINT64_C(0x2b0d93eeb6548f4f), // mov v0.16b, v1.16b; aese v0.16b, v2.16b
UINT64_C(0xa0e76272c04c3df6), // mov v0.16b, v1.16b; aesd v0.16b, v2.16b
UINT64_C(0xa3768cf379894e67), // aesmc v0.16b, v1.16b
UINT64_C(0x8dc6f92470905cf3), // aesimc v0.16b, v1.16b
UINT64_C(0xa243e951c60dfafb), // mov v0.16b, v1.16b; sha1c q0, s2, v3.4s
UINT64_C(0xc6a5e57c2471aba3), // mov v0.16b, v1.16b; sha1p q0, s2, v3.4s
UINT64_C(0xe7bc844fdefbb4d0), // mov v0.16b, v1.16b; sha1m q0, s2, v3.4s
UINT64_C(0x1dcb10b3b53ae4f9), // mov v0.16b, v1.16b; sha1su0 v0.4s, v2.4s, v3.4s
UINT64_C(0x293e3d6efabbaa38), // mov v0.16b, v1.16b; sha1su1 v0.4s, v2.4s
UINT64_C(0x31564ef9503b71a1), // sha1h s0, s1
UINT64_C(0x3a08015a2d4442f3), // mov v0.16b, v1.16b; sha256su0 v0.4s, v2.4s
UINT64_C(0xf79b0672be42509f), // mov v0.16b, v1.16b; sha256su1 v0.4s, v2.4s, v3.4s
UINT64_C(0xbf32b454048043e9), // fmov w9, s1; fmov x10, d2; crc32b w9, w9, w10; fmov s0, w9
UINT64_C(0xc6b4f493857fdcd7), // fmov w9, s1; fmov x10, d2; crc32h w9, w9, w10; fmov s0, w9
UINT64_C(0xfbd7d3f45bd9978a), // fmov w9, s1; fmov x10, d2; crc32w w9, w9, w10; fmov s0, w9
UINT64_C(0xce749e432e38a44b), // fmov w9, s1; fmov x10, d2; crc32x w9, w9, x10; fmov s0, w9
UINT64_C(0x09264fce8036fd72), // fmov w9, s1; fmov x10, d2; crc32cb w9, w9, w10; fmov s0, w9
UINT64_C(0xce1942173d965105), // fmov w9, s1; fmov x10, d2; crc32ch w9, w9, w10; fmov s0, w9
UINT64_C(0x418d281c40486bb8), // fmov w9, s1; fmov x10, d2; crc32cw w9, w9, w10; fmov s0, w9
UINT64_C(0x2b9a56109aa0b606), // fmov w9, s1; fmov x10, d2; crc32cx w9, w9, x10; fmov s0, w9
	// clang-format on
