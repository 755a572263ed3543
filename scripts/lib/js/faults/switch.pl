#!/usr/bin/perl
# A network switch between TAP devices that can hold frames back and drop them between groups. The
# kernel's netem would do the same, but kernels made for small virtual machines often leave it out.
#
#   switch.pl PORT ...    makes a TAP device for each port, prints "ready", obeys stdin until it ends
#
# Commands, a line each; the first port is the test's own and neither delayed nor cut off:
#   delay MIN MAX     hold each frame between other ports for MIN to MAX ms; frames keep their order
#   groups A,B C,D    pass frames only within a group; a port in no group reaches all
use strict;
use warnings;
use Fcntl;
use IO::Select;
use Time::HiRes qw(time);

use constant {
	TUNSETIFF => 0x400454ca,    # <linux/if_tun.h>
	IFF_TAP   => 0x0002,
	IFF_NO_PI => 0x1000,
	# Frames held between two ports: many times what a window of TCP is, so that only a flood is cut.
	HELD => 20_000,
};

my @names = @ARGV or die "name the ports\n";
my (@taps, %port_of, %group, %learnt, %queue);
my ($least, $most) = (0, 0);

for my $name (@names) {
	sysopen my $tap, '/dev/net/tun', O_RDWR | O_NONBLOCK or die "cannot open /dev/net/tun: $!\n";
	ioctl $tap, TUNSETIFF, pack 'a16 S x22', $name, IFF_TAP | IFF_NO_PI or die "cannot make $name: $!\n";
	$port_of{ fileno $tap } = @taps;
	push @taps, $tap;
}
$| = 1;
print "ready\n";

sub severed {
	my ($from, $to) = @group{ @names[@_] };
	return defined $from && defined $to && $from != $to;
}

sub forward {
	my ($from, $to, $frame) = @_;
	# A device that is down takes nothing; neither does a cable that is not plugged in.
	return if severed($from, $to);
	syswrite $taps[$to], $frame;
}

sub hold {
	my ($from, $to, $frame) = @_;
	my $line = $queue{"$from $to"} //= [];
	return if @$line > HELD;
	my $due = time + ($least + rand($most - $least)) / 1000;
	$due = $line->[-1][0] if @$line && $line->[-1][0] > $due;
	push @$line, [$due, $frame];
}

sub receive {
	my ($from, $frame) = @_;
	my ($to, $source) = unpack 'a6 a6', $frame;
	$learnt{$source} = $from;
	my @to = exists $learnt{$to} ? $learnt{$to} : 0 .. $#taps;
	for my $port (grep { $_ != $from } @to) {
		next if severed($from, $port);
		if ($from && $port && ($most > 0 || $queue{"$from $port"})) { hold($from, $port, $frame) }
		else { forward($from, $port, $frame) }
	}
}

# Passes on what is due; seconds until the next frame is.
sub release {
	my $next;
	for my $way (keys %queue) {
		my $line = $queue{$way};
		forward(split(' ', $way), (shift @$line)->[1]) while @$line && $line->[0][0] <= time;
		if (!@$line) { delete $queue{$way}; next }
		my $left = $line->[0][0] - time;
		$next = $left if !defined $next || $left < $next;
	}
	return defined $next && $next < 0 ? 0 : $next;
}

sub obey {
	my ($command, @words) = split ' ', shift;
	if ($command eq 'delay') { ($least, $most) = @words }
	elsif ($command eq 'groups') {
		%group = ();
		for my $n (0 .. $#words) { $group{$_} = $n for split /,/, $words[$n] }
	}
	else { die "what is $command?\n" }
}

my $ready = IO::Select->new(\*STDIN, @taps);
my $commands = '';
while (1) {
	for my $handle ($ready->can_read(release())) {
		if ($handle == \*STDIN) {
			sysread STDIN, $commands, 4096, length $commands or exit 0;
			obey($1) while $commands =~ s/^(.*)\n//;
			next;
		}
		my $from = $port_of{ fileno $handle };
		# A few at a time, so that no port keeps the others waiting.
		for (1 .. 32) { sysread $handle, my $frame, 65_536 or last; receive($from, $frame) }
	}
}
