%% SPDX-License-Identifier: Apache-2.0
%% Processes by the thousand over all schedulers, messages, links, exceptions, ets, ports, binaries, big numbers.
-module(ring).
-export([main/0]).
loop(Next) -> receive {token, 0, Boss} -> Boss ! done, loop(Next); {token, N, Boss} -> Next ! {token, N - 1, Boss}, loop(Next); stop -> Next ! stop, ok end.
ring(N) -> spawn(fun() -> build(N - 1, self()) end).
build(0, First) -> loop(First);
build(N, First) -> Next = spawn(fun() -> build(N - 1, First) end), loop(Next).
fib(N) when N < 2 -> N;
fib(N) -> fib(N - 1) + fib(N - 2).
pmap(F, L) -> Me = self(), Ps = [spawn_link(fun() -> Me ! {self(), F(X)} end) || X <- L], [receive {P, R} -> R end || P <- Ps].
fail(I) -> try case I rem 4 of 0 -> 1 / (I - I); 1 -> hd([]); 2 -> throw(ball); 3 -> exit(bye) end catch error:E -> E; throw:T -> T; exit:X -> X end.
main() ->
    io:format("~p ~s~n", [erlang:system_info(wordsize), erlang:system_info(machine)]),
    true = erlang:system_info(smp_support),
    R = ring(1000), R ! {token, 20000, self()}, receive done -> io:format("ring done~n") end,
    io:format("~p~n", [pmap(fun fib/1, [20, 21, 22, 15, 18, 19, 20, 21])]),
    io:format("~p~n", [lists:foldl(fun(I, M) -> maps:update_with(fail(I), fun(C) -> C + 1 end, 1, M) end, #{}, lists:seq(1, 20000))]),
    T = ets:new(t, [public, {write_concurrency, true}]),
    pmap(fun(W) -> [ets:update_counter(T, I rem 10, 1, {I rem 10, 0}) || I <- lists:seq(1, 2000)], W end, lists:seq(1, 8)),
    io:format("~p~n", [lists:sort(ets:tab2list(T))]),
    B = binary:copy(<<"dragoman ">>, 5000),
    io:format("~p ~p ~p~n", [erlang:crc32(B), erlang:phash2(B), zlib:gunzip(zlib:gzip(B)) =:= B]),
    <<A:12/little, F:64/float, _/bits>> = <<16#abc:12/little, 3.25:64/float, 5>>, io:format("~p ~p~n", [A, F]),
    Fac = lists:foldl(fun(X, Y) -> X * Y end, 1, lists:seq(1, 500)), io:format("~p ~p~n", [Fac rem 1000000007, length(integer_to_list(Fac))]),
    io:format("~p ~p ~.5f~n", [math:pow(2, 0.5), math:sin(1.0e6), 1 / 3]),
    process_flag(trap_exit, true), P = spawn_link(fun() -> exit(reason) end), receive {'EXIT', P, Why} -> io:format("~p~n", [Why]) end,
    Ls = [lists:seq(1, 1000) || _ <- lists:seq(1, 200)], erlang:garbage_collect(), io:format("~p~n", [lists:sum(lists:map(fun lists:sum/1, Ls))]),
    io:format("~s~n", [string:trim(os:cmd("echo from a port"))]),
    {ok, L} = gen_tcp:listen(0, [binary, {active, false}, {ip, {127, 0, 0, 1}}]), {ok, Port} = inet:port(L),
    spawn(fun() -> [begin {ok, S} = gen_tcp:accept(L), {ok, D} = gen_tcp:recv(S, 5), gen_tcp:send(S, lists:reverse(binary_to_list(D))), gen_tcp:close(S) end || _ <- [1, 2, 3]] end),
    io:format("~p~n", [[begin {ok, S} = gen_tcp:connect({127, 0, 0, 1}, Port, [binary, {active, false}]), gen_tcp:send(S, X), {ok, D} = gen_tcp:recv(S, 0), D end || X <- ["hello", "world", "again"]]]),
    timer:sleep(10), {links, _} = process_info(self(), links), init:stop().
