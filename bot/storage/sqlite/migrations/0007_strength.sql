-- Strength is measured on a new scale, 0..100 as before: what was 20, 35, 50, 65, 80 and 100 is 51, 65, 80, 84, 88 and 97.

UPDATE job SET strength = CASE
    WHEN strength <= 20 THEN strength * 51 / 20
    WHEN strength <= 50 THEN 51 + (strength - 20) * 29 / 30
    WHEN strength <= 80 THEN 80 + (strength - 50) * 8 / 30
    ELSE 88 + (strength - 80) * 9 / 20
END;

UPDATE recipe SET strength = CASE
    WHEN strength <= 20 THEN strength * 51 / 20
    WHEN strength <= 50 THEN 51 + (strength - 20) * 29 / 30
    WHEN strength <= 80 THEN 80 + (strength - 50) * 8 / 30
    ELSE 88 + (strength - 80) * 9 / 20
END;
