# SPDX-License-Identifier: MIT
# Reads the .curve and .line files that pictures.sh has made here.
set terminal svg size 800,480 font "sans-serif,13" background "white"
set grid
set key left top

set output "distributions.svg"
set title "One read of an MSR, and one of a batch: the share that takes no longer"
set xlabel "microseconds an access"
set ylabel "percent of the accesses"
set logscale x
set format x "%g"
set xrange [0.1:200]
set yrange [0:100]
set key outside right center
plot \
	"MSR_read-device_file-SAME.curve" with lines lw 2 lc 1 title "pread by itself", \
	"batch_1000-msrd-SAME.curve" with lines lw 2 lc 2 title "msrd, batch of 1000, one CPU", \
	"batch_1000-msrd-TWO.curve" with lines lw 2 dt 2 lc 2 title "... two CPUs", \
	"batch_100-msrd-SAME.curve" with lines lw 2 lc 3 title "msrd, batch of 100, one CPU", \
	"batch_100-msrd-TWO.curve" with lines lw 2 dt 2 lc 3 title "... two CPUs", \
	"MSR_read-floor-SAME.curve" with lines lw 2 lc 4 title "floor, one CPU", \
	"MSR_read-floor-TWO.curve" with lines lw 2 dt 2 lc 4 title "... two CPUs", \
	"MSR_read-msrd-SAME.curve" with lines lw 2 lc 6 title "msrd, one CPU", \
	"MSR_read-msrd-TWO.curve" with lines lw 2 dt 2 lc 6 title "... two CPUs"

set output "cost.svg"
set title "Cost against the number of operations (median; bars: shortest and longest)"
set xlabel "reads of an MSR in one batch"
set ylabel "microseconds for all of them"
set logscale xy
set xrange [0.7:150000]
set yrange [0.1:*]
set key left top
plot \
	"batch-device_file-SAME.line" using 1:2:3:4 with yerrorlines lw 2 lc 1 title "pread by itself", \
	"batch-msrd-SAME.line" using 1:2:3:4 with yerrorlines lw 2 lc 2 title "msrd, one CPU", \
	"batch-msrd-TWO.line" using 1:2:3:4 with yerrorlines lw 2 dt 2 lc 3 title "msrd, two CPUs"
